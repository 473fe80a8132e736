namespace Mesh.Validation;

/// <summary>The ranges of a policy, as its properties' docs say them: one table for configuration, files and what clusters bring.</summary>
internal static class PolicyRules
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Says each property that is out of range, and how: <c>("MaxRetries", "is 11; it must be 0 to 10")</c>.</summary>
    public static void Check(ServicePolicy policy, Action<string, string> report)
    {
        if (policy.Mode is RoutingMode.ActiveActive)
        {
            report(nameof(policy.Mode), "is ActiveActive, which is not available in this version; use Failover or Locality");
        }
        else if (policy.Mode is { } mode && !Enum.IsDefined(mode))
        {
            report(nameof(policy.Mode), $"is {(int)mode}, which is no mode; use Failover or Locality");
        }

        if (policy.LoadBalancing is { } algorithm && (algorithm.Length > 100 || string.IsNullOrWhiteSpace(algorithm)))
        {
            report(nameof(policy.LoadBalancing), "is empty or too long; name an algorithm such as least-request");
        }

        Range(nameof(policy.ConnectTimeout), policy.ConnectTimeout, Millisecond, TimeSpan.FromMinutes(5), "1 ms to 5 min", report);
        Range(nameof(policy.TryTimeout), policy.TryTimeout, Millisecond, TimeSpan.FromHours(1), "1 ms to 1 h", report);
        Range(nameof(policy.Timeout), policy.Timeout, Millisecond, TimeSpan.FromHours(1), "1 ms to 1 h", report);
        Range(nameof(policy.MaxRetries), policy.MaxRetries, 0, 10, "0 to 10", report);
        Range(nameof(policy.RetryBudgetRatio), policy.RetryBudgetRatio, 0, 1, "0 to 1", report);
        Range(nameof(policy.RetryBudgetMinimum), policy.RetryBudgetMinimum, 0, 1000, "0 to 1,000", report);
        Range(nameof(policy.ConsecutiveFailures), policy.ConsecutiveFailures, 1, 1000, "1 to 1,000", report);
        Range(nameof(policy.EjectionTime), policy.EjectionTime, Millisecond, TimeSpan.FromMinutes(5), "1 ms to 5 min", report);
        Range(nameof(policy.MaxEjectionTime), policy.MaxEjectionTime, Millisecond, TimeSpan.FromHours(1), "1 ms to 1 h", report);
        Range(nameof(policy.MaxEjectedPercent), policy.MaxEjectedPercent, 0, 100, "0 to 100", report);
        Range(nameof(policy.MaxRequestsInFlight), policy.MaxRequestsInFlight, 1, 1_000_000, "1 to 1,000,000", report);
        if (policy is { EjectionTime: { } first, MaxEjectionTime: { } longest } && longest < first)
        {
            report(nameof(policy.MaxEjectionTime), $"is {longest}, less than EjectionTime ({first}); make it at least as long");
        }

        CheckTargets(policy, report);
    }

    private static void CheckTargets(ServicePolicy policy, Action<string, string> report)
    {
        if (policy.Targets.IsDefaultOrEmpty)
        {
            return;
        }

        for (var i = 0; i < policy.Targets.Length; i++)
        {
            var target = policy.Targets[i];
            if (target.Cluster.IsNone)
            {
                report($"Targets:{i}:Cluster", "names no cluster; write its name");
            }
            else if (policy.Targets.AsSpan(0, i).ToArray().Any(t => t.Cluster == target.Cluster))
            {
                report($"Targets:{i}:Cluster", $"names cluster {target.Cluster} a second time; name each once");
            }

            Range($"Targets:{i}:Weight", target.Weight, 0, EndpointSegmentBuilder.MaxWeight, "0 to 1,000,000", report);
        }
    }

    private static void Range<T>(string property, T? value, T least, T most, string range, Action<string, string> report)
        where T : struct, IComparable<T>
    {
        // NaN compares as less than everything, so it is out of every range.
        if (value is { } given && (given.CompareTo(least) < 0 || given.CompareTo(most) > 0))
        {
            report(property, $"is {string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{given}")}; it must be {range}");
        }
    }
}
