using System.Collections.Immutable;

namespace Mesh.Policies;

/// <summary>Finds a policy field by field: the client's, the service's, its source's, the configured default, the mesh default.</summary>
internal static class PolicyResolver
{
    private static readonly EffectivePolicy Defaults = new(new Dictionary<string, PolicyOrigin>());

    public static EffectivePolicy Resolve(params ReadOnlySpan<(PolicyOrigin Origin, ServicePolicy? Policy)> nearestFirst)
    {
        var fields = new PolicyFields(nearestFirst);
        return new EffectivePolicy(fields.Origins)
        {
            Mode = fields.Value(nameof(EffectivePolicy.Mode), static p => p.Mode, Defaults.Mode),
            Targets = fields.Value(nameof(EffectivePolicy.Targets), static p => p.Targets.IsDefault ? null : (ImmutableArray<RoutingTarget>?)p.Targets, Defaults.Targets),
            LoadBalancing = fields.Text(nameof(EffectivePolicy.LoadBalancing), static p => p.LoadBalancing, Defaults.LoadBalancing),
            SpillOver = fields.Value(nameof(EffectivePolicy.SpillOver), static p => p.SpillOver, Defaults.SpillOver),
            HashKey = fields.Optional(nameof(EffectivePolicy.HashKey), static p => p.HashKey),
            HashBalanceFactor = fields.Value(nameof(EffectivePolicy.HashBalanceFactor), static p => p.HashBalanceFactor, Defaults.HashBalanceFactor),
            SlowStart = fields.Value(nameof(EffectivePolicy.SlowStart), static p => p.SlowStart, Defaults.SlowStart),
            SubsetSize = fields.Value(nameof(EffectivePolicy.SubsetSize), static p => p.SubsetSize, Defaults.SubsetSize),
            ZoneBeforeCluster = fields.Value(nameof(EffectivePolicy.ZoneBeforeCluster), static p => p.ZoneBeforeCluster, Defaults.ZoneBeforeCluster),
            ConnectTimeout = fields.Value(nameof(EffectivePolicy.ConnectTimeout), static p => p.ConnectTimeout, Defaults.ConnectTimeout),
            TryTimeout = fields.Value(nameof(EffectivePolicy.TryTimeout), static p => p.TryTimeout, Defaults.TryTimeout),
            Timeout = fields.Value(nameof(EffectivePolicy.Timeout), static p => p.Timeout, Defaults.Timeout),
            MaxRetries = fields.Value(nameof(EffectivePolicy.MaxRetries), static p => p.MaxRetries, Defaults.MaxRetries),
            RetryNonIdempotent = fields.Value(nameof(EffectivePolicy.RetryNonIdempotent), static p => p.RetryNonIdempotent, Defaults.RetryNonIdempotent),
            RetryBudgetRatio = fields.Value(nameof(EffectivePolicy.RetryBudgetRatio), static p => p.RetryBudgetRatio, Defaults.RetryBudgetRatio),
            RetryBudgetMinimum = fields.Value(nameof(EffectivePolicy.RetryBudgetMinimum), static p => p.RetryBudgetMinimum, Defaults.RetryBudgetMinimum),
            ConsecutiveFailures = fields.Value(nameof(EffectivePolicy.ConsecutiveFailures), static p => p.ConsecutiveFailures, Defaults.ConsecutiveFailures),
            EjectionTime = fields.Value(nameof(EffectivePolicy.EjectionTime), static p => p.EjectionTime, Defaults.EjectionTime),
            MaxEjectionTime = fields.Value(nameof(EffectivePolicy.MaxEjectionTime), static p => p.MaxEjectionTime, Defaults.MaxEjectionTime),
            MaxEjectedPercent = fields.Value(nameof(EffectivePolicy.MaxEjectedPercent), static p => p.MaxEjectedPercent, Defaults.MaxEjectedPercent),
            MaxRequestsInFlight = fields.Value(nameof(EffectivePolicy.MaxRequestsInFlight), static p => p.MaxRequestsInFlight, Defaults.MaxRequestsInFlight),
            WidenClusterLocal = fields.Value(nameof(EffectivePolicy.WidenClusterLocal), static p => p.WidenClusterLocal, Defaults.WidenClusterLocal),
            SessionAffinity = fields.Value(nameof(EffectivePolicy.SessionAffinity), static p => p.SessionAffinity, Defaults.SessionAffinity),
            SessionAffinityTimeout = fields.Value(nameof(EffectivePolicy.SessionAffinityTimeout), static p => p.SessionAffinityTimeout, Defaults.SessionAffinityTimeout),
            TrafficDistribution = fields.Optional(nameof(EffectivePolicy.TrafficDistribution), static p => p.TrafficDistribution),
            SessionAffinityName = fields.Text(nameof(EffectivePolicy.SessionAffinityName), static p => p.SessionAffinityName, Defaults.SessionAffinityName),
            ProbePath = fields.Text(nameof(EffectivePolicy.ProbePath), static p => p.ProbePath, "") is { Length: > 0 } probePath ? probePath : null,
            ProbeInterval = fields.Value(nameof(EffectivePolicy.ProbeInterval), static p => p.ProbeInterval, Defaults.ProbeInterval),
            ProbeTimeout = fields.Value(nameof(EffectivePolicy.ProbeTimeout), static p => p.ProbeTimeout, Defaults.ProbeTimeout),
            MaxBufferedBody = fields.Value(nameof(EffectivePolicy.MaxBufferedBody), static p => p.MaxBufferedBody, Defaults.MaxBufferedBody),
            Hedging = fields.Value(nameof(EffectivePolicy.Hedging), static p => p.Hedging, Defaults.Hedging),
            HedgingDelay = fields.Optional(nameof(EffectivePolicy.HedgingDelay), static p => p.HedgingDelay),
            PropagateDeadline = fields.Value(nameof(EffectivePolicy.PropagateDeadline), static p => p.PropagateDeadline, Defaults.PropagateDeadline),
            Enabled = fields.Value(nameof(EffectivePolicy.Enabled), static p => p.Enabled, Defaults.Enabled),
        };
    }
}
