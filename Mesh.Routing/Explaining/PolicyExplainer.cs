using System.Collections.Immutable;
using System.Globalization;

namespace Mesh.Explaining;

/// <summary>A policy field by field.</summary>
internal static class PolicyExplainer
{
    public static ImmutableArray<PolicyFieldExplanation> Explain(EffectivePolicy p) =>
    [
        Field(p, nameof(p.Mode), p.Mode.ToString()),
        Field(p, nameof(p.Targets), p.Targets.IsEmpty ? "every other cluster" : string.Join(", ", p.Targets.Select(Target))),
        Field(p, nameof(p.LoadBalancing), p.LoadBalancing),
        Field(p, nameof(p.SpillOver), p.SpillOver.ToString()),
        Field(p, nameof(p.HashKey), p.HashKey?.ToString() ?? "none"),
        Field(p, nameof(p.HashBalanceFactor), p.HashBalanceFactor == 0 ? "no bound" : Number(p.HashBalanceFactor) + " %"),
        Field(p, nameof(p.SlowStart), Phrases.Of(p.SlowStart)),
        Field(p, nameof(p.SubsetSize), p.SubsetSize == 0 ? "off" : Number(p.SubsetSize)),
        Field(p, nameof(p.ZoneBeforeCluster), YesNo(p.ZoneBeforeCluster)),
        Field(p, nameof(p.ConnectTimeout), Phrases.Of(p.ConnectTimeout)),
        Field(p, nameof(p.TryTimeout), Phrases.Of(p.TryTimeout)),
        Field(p, nameof(p.Timeout), Phrases.Of(p.Timeout)),
        Field(p, nameof(p.MaxRetries), Number(p.MaxRetries)),
        Field(p, nameof(p.RetryNonIdempotent), YesNo(p.RetryNonIdempotent)),
        Field(p, nameof(p.RetryBudgetRatio), Number(p.RetryBudgetRatio)),
        Field(p, nameof(p.RetryBudgetMinimum), Number(p.RetryBudgetMinimum) + " per s"),
        Field(p, nameof(p.ConsecutiveFailures), Number(p.ConsecutiveFailures)),
        Field(p, nameof(p.EjectionTime), Phrases.Of(p.EjectionTime)),
        Field(p, nameof(p.MaxEjectionTime), Phrases.Of(p.MaxEjectionTime)),
        Field(p, nameof(p.MaxEjectedPercent), Number(p.MaxEjectedPercent) + " %"),
        Field(p, nameof(p.MaxRequestsInFlight), Number(p.MaxRequestsInFlight)),
        Field(p, nameof(p.WidenClusterLocal), YesNo(p.WidenClusterLocal)),
        Field(p, nameof(p.SessionAffinity), p.SessionAffinity.ToString()),
        Field(p, nameof(p.SessionAffinityName), p.SessionAffinity is SessionAffinity.Header or SessionAffinity.Cookie ? p.SessionAffinityName : "–"),
        Field(p, nameof(p.SessionAffinityTimeout), p.SessionAffinity == SessionAffinity.None ? "–" : Phrases.Of(p.SessionAffinityTimeout)),
        Field(p, nameof(p.TrafficDistribution), p.TrafficDistribution is { } wish ? $"{wish}, granted: the own cluster's nearest come first" : "not said"),
        Field(p, nameof(p.ProbePath), p.ProbePath ?? "none"),
        Field(p, nameof(p.ProbeInterval), Phrases.Of(p.ProbeInterval)),
        Field(p, nameof(p.ProbeTimeout), Phrases.Of(p.ProbeTimeout)),
        Field(p, nameof(p.MaxBufferedBody), Number(p.MaxBufferedBody) + " B"),
        Field(p, nameof(p.Hedging), YesNo(p.Hedging)),
        Field(p, nameof(p.HedgingDelay), p.HedgingDelay is { } delay ? Phrases.Of(delay) : "the 95th percentile"),
        Field(p, nameof(p.PropagateDeadline), YesNo(p.PropagateDeadline)),
        Field(p, nameof(p.Enabled), YesNo(p.Enabled)),
    ];

    private static string Target(RoutingTarget target) =>
        target.Cluster + (target.Weight == new RoutingTarget(default).Weight ? "" : $" weight {Number(target.Weight)}") + (target.Priority is { } priority ? $" priority {Number(priority)}" : "");

    private static PolicyFieldExplanation Field(EffectivePolicy policy, string name, string value) =>
        new(name, value, policy.Origins.GetValueOrDefault(name, PolicyOrigin.MeshDefault));

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
