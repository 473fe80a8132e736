using System.Globalization;

namespace Mesh.Validation;

/// <summary>The ranges that a policy's properties document: one table for configuration, for files and for what clusters bring.</summary>
internal static class PolicyRules
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Says each property that is out of range, and how: <c>("MaxRetries", "is 11: use 0 to 10.")</c>. Targets are checked apart.</summary>
    public static void Check(ServicePolicy policy, Action<string, string> report)
    {
        if (policy.Mode is RoutingMode.ActiveActive)
        {
            report(nameof(policy.Mode), "is ActiveActive, which is not available in this version: use Locality or Failover.");
        }
        else if (policy.Mode is { } mode && !Enum.IsDefined(mode))
        {
            report(nameof(policy.Mode), $"is {(int)mode}: use Locality or Failover.");
        }

        if (policy.LoadBalancing is { } algorithm && (algorithm.Length > 100 || string.IsNullOrWhiteSpace(algorithm)))
        {
            report(nameof(policy.LoadBalancing), "is empty or too long: name an algorithm (least-request, round-robin, random, or one added with AddPicker).");
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
    }

    /// <summary>The same for targets, whose clusters may still be any text: <c>("Targets:1:Cluster", …)</c>.</summary>
    public static void CheckTargets(IEnumerable<(string? Cluster, int Weight)> targets, Action<string, string> report)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var (cluster, weight) in targets)
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
            i++;
        }
    }

    /// <summary>The targets of a policy, for <see cref="CheckTargets"/>.</summary>
    public static IEnumerable<(string? Cluster, int Weight)> TargetsOf(ServicePolicy policy) =>
        policy.Targets.IsDefault ? [] : policy.Targets.Select(static t => (t.Cluster.IsNone ? null : t.Cluster.Name, t.Weight));

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
