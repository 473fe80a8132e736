using System.Globalization;

namespace Mesh.Validation;

/// <summary>The ranges that a policy's properties document: one table for configuration, for files and for what clusters bring.</summary>
internal static class PolicyRules
{
    // More clusters than any mesh has; a list without end is a mistake.
    private const int MaxTargets = 256;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Says each property that is out of range, and how: <c>("MaxRetries", "is 11: use 0 to 10.")</c>. Targets are checked apart.</summary>
    public static void Check(ServicePolicy policy, Action<string, string> report)
    {
        Word(nameof(policy.Mode), policy.Mode, report);
        Word(nameof(policy.SpillOver), policy.SpillOver, report);
        Word(nameof(policy.SessionAffinity), policy.SessionAffinity, report);
        Word(nameof(policy.TrafficDistribution), policy.TrafficDistribution, report);

        if (policy.LoadBalancing is { } algorithm && (algorithm.Length > 100 || string.IsNullOrWhiteSpace(algorithm)))
        {
            report(nameof(policy.LoadBalancing), "is empty or too long: name an algorithm (least-request, round-robin, random, ring-hash, maglev, weighted-by-utilization, or one added with AddPicker).");
        }

        Range(nameof(policy.ConnectTimeout), policy.ConnectTimeout, Millisecond, TimeSpan.FromMinutes(5), report);
        Range(nameof(policy.TryTimeout), policy.TryTimeout, Millisecond, TimeSpan.FromHours(1), report);
        Range(nameof(policy.Timeout), policy.Timeout, Millisecond, TimeSpan.FromHours(1), report);
        Range(nameof(policy.EjectionTime), policy.EjectionTime, Millisecond, TimeSpan.FromMinutes(5), report);
        Range(nameof(policy.MaxEjectionTime), policy.MaxEjectionTime, policy.EjectionTime ?? Millisecond, TimeSpan.FromHours(1), report);
        Range(nameof(policy.MaxRetries), policy.MaxRetries, 0, 10, report);
        Range(nameof(policy.RetryBudgetRatio), policy.RetryBudgetRatio, 0, 1, report);
        Range(nameof(policy.RetryBudgetMinimum), policy.RetryBudgetMinimum, 0, 1000, report);
        Range(nameof(policy.ConsecutiveFailures), policy.ConsecutiveFailures, 1, 1000, report);
        Range(nameof(policy.MaxEjectedPercent), policy.MaxEjectedPercent, 0, 100, report);
        Range(nameof(policy.MaxRequestsInFlight), policy.MaxRequestsInFlight, 1, 1_000_000, report);
        if (policy.HashKey is { } key && !IsHashKey(key))
        {
            report(nameof(policy.HashKey), NotAHashKey(key.ToString()));
        }

        if (policy.HashBalanceFactor is not (null or 0))
        {
            Range(nameof(policy.HashBalanceFactor), policy.HashBalanceFactor, 100, 10_000, report);
        }

        Range(nameof(policy.SlowStart), policy.SlowStart, TimeSpan.Zero, TimeSpan.FromHours(1), report);
        Range(nameof(policy.SubsetSize), policy.SubsetSize, 0, 100_000, report);
        Range(nameof(policy.SessionAffinityTimeout), policy.SessionAffinityTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), report);
        if (policy.SessionAffinityName is { } name && !HashKey.IsName(name))
        {
            report(nameof(policy.SessionAffinityName), $"is '{DnsLabel.Printable(name)}': use the name of a header or cookie, 1 to {HashKey.MaxNameLength} letters, digits, '-' or '_'.");
        }

        if (policy.ProbePath is { } path && !IsPath(path))
        {
            report(nameof(policy.ProbePath), $"is '{DnsLabel.Printable(path)}': use an absolute path of printable ASCII without spaces and '#', such as /healthz.");
        }

        Range(nameof(policy.ProbeInterval), policy.ProbeInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), report);
        Range(nameof(policy.ProbeTimeout), policy.ProbeTimeout, Millisecond, policy.ProbeInterval ?? TimeSpan.FromHours(1), report);
        Range(nameof(policy.MaxBufferedBody), policy.MaxBufferedBody, 0, 16 * 1024 * 1024, report);
        Range(nameof(policy.HedgingDelay), policy.HedgingDelay, Millisecond, TimeSpan.FromHours(1), report);
    }

    /// <summary>What to say of a hash key that is none.</summary>
    public static string NotAHashKey(string key) => $"is '{DnsLabel.Printable(key)}': use header:NAME, cookie:NAME, source-address or path.";

    /// <summary>The same for targets, whose clusters may still be any text: <c>("Targets:1:Cluster", …)</c>.</summary>
    public static void CheckTargets(RoutingMode? mode, IReadOnlyList<(string? Cluster, int Weight, int? Priority)> targets, Action<string, string> report)
    {
        if (targets.Count > MaxTargets)
        {
            report("Targets", string.Create(CultureInfo.InvariantCulture, $"has {targets.Count} entries: name at most {MaxTargets} clusters."));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var (cluster, weight, priority) in targets)
        {
            if (string.IsNullOrEmpty(cluster))
            {
                report($"Targets:{i}:Cluster", "is not set: name the cluster.");
            }
            else if (!DnsLabel.IsValid(cluster))
            {
                report($"Targets:{i}:Cluster", $"is '{DnsLabel.Printable(cluster)}': use 1 to {DnsLabel.MaxLength} of a-z, 0-9 and '-', beginning and ending with a letter or digit.");
            }
            else if (!seen.Add(cluster))
            {
                report($"Targets:{i}:Cluster", $"names '{cluster}' a second time: name each cluster once.");
            }

            Range<int>($"Targets:{i}:Weight", weight, 0, EndpointSegmentBuilder.MaxWeight, report);
            Range($"Targets:{i}:Priority", priority, 0, 1000, report);
            i++;
        }

        if (mode == RoutingMode.ActiveActive && targets.Count > 0 && targets.All(static t => t.Weight == 0))
        {
            report("Targets", "have weight 0 all of them, so that nobody would get a request: give one a weight, or leave them out for all clusters alike.");
        }
    }

    /// <summary>The targets of a policy, for <see cref="CheckTargets"/>.</summary>
    public static IReadOnlyList<(string? Cluster, int Weight, int? Priority)> TargetsOf(ServicePolicy policy) =>
        policy.Targets.IsDefault ? [] : [.. policy.Targets.Select(static t => (t.Cluster.IsNone ? null : t.Cluster.Name, t.Weight, t.Priority))];

    // One that was made in code may be anything.
    private static bool IsHashKey(in HashKey key) => Enum.IsDefined(key.Kind) && (key.Kind is not (HashKeyKind.Header or HashKeyKind.Cookie) || HashKey.IsName(key.Name));

    private static bool IsPath(string path) =>
        path.Length is > 0 and <= 1000 && path[0] == '/' && path.All(static c => c is > ' ' and < (char)127 and not '#');

    private static void Word<T>(string property, T? value, Action<string, string> report)
        where T : struct, Enum
    {
        if (value is { } given && !Enum.IsDefined(given))
        {
            report(property, $"is {given:D}: use {string.Join(" or ", Enum.GetNames<T>())}.");
        }
    }

    private static void Range<T>(string property, T? value, T least, T most, Action<string, string> report)
        where T : struct, IComparable<T>
    {
        // NaN compares as less than everything, so it is out of every range.
        if (value is { } given && (given.CompareTo(least) < 0 || given.CompareTo(most) > 0))
        {
            report(property, string.Create(CultureInfo.InvariantCulture, $"is {Written(given)}: use {(given is TimeSpan ? "a time from " : "")}{Written(least)} to {Written(most)}."));
        }
    }

    private static object Written<T>(T value)
        where T : struct => value is TimeSpan time ? TimeText.Write(time) : value;
}
