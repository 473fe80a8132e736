using System.Collections.Immutable;

namespace Mesh;

/// <summary>A service's policy with every field resolved, and where each came from. Immutable; the fields mean what they do in <see cref="ServicePolicy"/>.</summary>
public sealed class EffectivePolicy
{
    internal EffectivePolicy(IReadOnlyDictionary<string, PolicyOrigin> origins) => Origins = origins;

    /// <summary>How clusters share the load.</summary>
    public RoutingMode Mode { get; internal init; } = RoutingMode.Locality;

    /// <summary>The clusters of <see cref="RoutingMode.Failover"/>, in order; empty = every other cluster, nearest first.</summary>
    public ImmutableArray<RoutingTarget> Targets { get; internal init; } = [];

    /// <summary>The name of the algorithm that picks inside a tier.</summary>
    public string LoadBalancing { get; internal init; } = "least-request";

    /// <summary>Whether the caller's zone of another cluster comes before other zones of its own.</summary>
    public bool ZoneBeforeCluster { get; internal init; }

    /// <summary>How long an endpoint may take to accept a connection.</summary>
    public TimeSpan ConnectTimeout { get; internal init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one try may take until its response headers; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> = no limit.</summary>
    public TimeSpan TryTimeout { get; internal init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How long a request may take in all until its response headers; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> = no limit.</summary>
    public TimeSpan Timeout { get; internal init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How often a request that was sent may be sent again.</summary>
    public int MaxRetries { get; internal init; } = 1;

    /// <summary>Whether methods that are not idempotent may be retried too.</summary>
    public bool RetryNonIdempotent { get; internal init; }

    /// <summary>The part of the last 10 s' requests that may be retries.</summary>
    public double RetryBudgetRatio { get; internal init; } = 0.2;

    /// <summary>Retries per second that are always allowed.</summary>
    public double RetryBudgetMinimum { get; internal init; } = 3;

    /// <summary>How many failures in a row eject an endpoint.</summary>
    public int ConsecutiveFailures { get; internal init; } = 5;

    /// <summary>How long the first ejection lasts.</summary>
    public TimeSpan EjectionTime { get; internal init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest ejection.</summary>
    public TimeSpan MaxEjectionTime { get; internal init; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest part of a tier, in percent, that may be ejected where no further tier can take over.</summary>
    public int MaxEjectedPercent { get; internal init; } = 50;

    /// <summary>How many requests to the service may be under way at once in this process.</summary>
    public int MaxRequestsInFlight { get; internal init; } = 1024;

    /// <summary>Whether <c>svc.cluster.local</c> means the merged service.</summary>
    public bool WidenClusterLocal { get; internal init; }

    /// <summary>Whether requests of one client stay with one endpoint. Shown by explain; picks do not follow it in this version.</summary>
    public SessionAffinity SessionAffinity { get; internal init; }

    /// <summary>How long a client stays with its endpoint; without meaning where <see cref="SessionAffinity"/> is none.</summary>
    public TimeSpan SessionAffinityTimeout { get; internal init; } = TimeSpan.FromHours(3);

    /// <summary>Which endpoints of the own cluster the service's owner wants preferred; <see langword="null"/> = not said. Nearest first inside the own cluster grants it.</summary>
    public TrafficDistribution? TrafficDistribution { get; internal init; }

    /// <summary>Whether the mesh routes for this client at all.</summary>
    public bool Enabled { get; internal init; } = true;

    /// <summary>Where each field came from, by its name (<c>nameof(EffectivePolicy.Mode)</c>).</summary>
    public IReadOnlyDictionary<string, PolicyOrigin> Origins { get; }
}
