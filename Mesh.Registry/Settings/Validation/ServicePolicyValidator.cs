namespace Mesh.Settings;

/// <summary>The ranges that <see cref="ServicePolicy"/> documents, checked on what was configured.</summary>
internal static class ServicePolicyValidator
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public static void Check(SettingErrors errors, ServicePolicyOptions policy)
    {
        if (policy.Mode is RoutingMode.ActiveActive)
        {
            errors.Add(nameof(policy.Mode), "is ActiveActive, which is not available in this version: use Locality or Failover.");
        }
        else if (policy.Mode is { } mode && !Enum.IsDefined(mode))
        {
            errors.Add(nameof(policy.Mode), $"is {(int)mode}: use Locality or Failover.");
        }

        CheckTargets(errors, policy);
        if (policy.LoadBalancing is { } loadBalancing && string.IsNullOrWhiteSpace(loadBalancing))
        {
            errors.Add(nameof(policy.LoadBalancing), "is empty: name an algorithm (least-request, round-robin, random, or one added with AddPicker).");
        }

        errors.CheckTime(nameof(policy.ConnectTimeout), policy.ConnectTimeout, Millisecond, TimeSpan.FromMinutes(5));
        errors.CheckTime(nameof(policy.TryTimeout), policy.TryTimeout, Millisecond, TimeSpan.FromHours(1));
        errors.CheckTime(nameof(policy.Timeout), policy.Timeout, Millisecond, TimeSpan.FromHours(1));
        errors.CheckTime(nameof(policy.EjectionTime), policy.EjectionTime, Millisecond, TimeSpan.FromMinutes(5));
        errors.CheckTime(nameof(policy.MaxEjectionTime), policy.MaxEjectionTime, policy.EjectionTime ?? Millisecond, TimeSpan.FromHours(1));
        errors.CheckNumber(nameof(policy.MaxRetries), policy.MaxRetries, 0, 10);
        errors.CheckNumber(nameof(policy.RetryBudgetRatio), policy.RetryBudgetRatio, 0, 1);
        errors.CheckNumber(nameof(policy.RetryBudgetMinimum), policy.RetryBudgetMinimum, 0, 1000);
        errors.CheckNumber(nameof(policy.ConsecutiveFailures), policy.ConsecutiveFailures, 1, 1000);
        errors.CheckNumber(nameof(policy.MaxEjectedPercent), policy.MaxEjectedPercent, 0, 100);
        errors.CheckNumber(nameof(policy.MaxRequestsInFlight), policy.MaxRequestsInFlight, 1, 1_000_000);
    }

    private static void CheckTargets(SettingErrors errors, ServicePolicyOptions policy)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (policy.Targets?.Count ?? 0); i++)
        {
            var target = policy.Targets![i];
            var at = errors.In(nameof(policy.Targets)).In($"{i}");
            if (target.Cluster is null)
            {
                at.Add(nameof(target.Cluster), "is not set: name the cluster.");
                continue;
            }

            at.CheckLabel(nameof(target.Cluster), target.Cluster);
            at.CheckNumber(nameof(target.Weight), target.Weight, 0, EndpointSegmentBuilder.MaxWeight);
            if (!seen.Add(target.Cluster))
            {
                at.Add(nameof(target.Cluster), $"names '{DnsLabel.Printable(target.Cluster)}' a second time: name each cluster once.");
            }
        }
    }
}
