namespace Mesh.Health;

/// <summary>When endpoints are ejected, and for how long. One for all callers of a service, since its endpoints' health is shared (<see cref="HealthRules"/>).</summary>
internal sealed record HealthSettings(int ConsecutiveFailures, TimeSpan EjectionTime, TimeSpan MaxEjectionTime)
{
    /// <summary>Below this part of successes an endpoint is ejected, where there were enough requests.</summary>
    public const double LeastSuccessRate = 0.8;

    /// <summary>How many requests the success rate needs to mean something.</summary>
    public const int LeastRequests = 20;

    /// <summary>What a failure costs an endpoint, so that failing fast attracts no traffic.</summary>
    public const double FailureSeconds = 5;

    /// <summary>The most that an endpoint may ask for.</summary>
    public const double MaxPenaltySeconds = 300;

    /// <summary>The strictest of some policies, at least one: the fewest failures eject, for the longest time.</summary>
    public static HealthSettings Strictest(IReadOnlyCollection<EffectivePolicy> policies) =>
        new(policies.Min(static p => p.ConsecutiveFailures), policies.Max(static p => p.EjectionTime), policies.Max(static p => p.MaxEjectionTime));
}
