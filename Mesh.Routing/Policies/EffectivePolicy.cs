using System.Collections.Immutable;

namespace Mesh;

/// <summary>A service's policy with every field resolved, and where each came from. Immutable; the fields mean what they do in <see cref="ServicePolicy"/>.</summary>
public sealed class EffectivePolicy
{
    internal EffectivePolicy(IReadOnlyDictionary<string, PolicyOrigin> origins) => Origins = origins;

    /// <summary>How clusters share the load.</summary>
    public RoutingMode Mode { get; internal init; } = RoutingMode.Locality;

    /// <summary>The clusters that share the load: of <see cref="RoutingMode.Failover"/> in order, empty = every other cluster, nearest first; of <see cref="RoutingMode.ActiveActive"/> by weight, empty = all alike.</summary>
    public ImmutableArray<RoutingTarget> Targets { get; internal init; } = [];

    /// <summary>The name of the algorithm that picks inside a tier.</summary>
    public string LoadBalancing { get; internal init; } = "least-request";

    /// <summary>What goes to the next tier or cluster, and when, where the nearer ones cannot carry all of it.</summary>
    public SpillOver SpillOver { get; internal init; } = SpillOver.Capacity;

    /// <summary>What of a request <c>ring-hash</c> and <c>maglev</c> hash, so that requests which have it in common go to one endpoint. <see langword="null"/> where nobody says it.</summary>
    public HashKey? HashKey { get; internal init; }

    /// <summary>
    /// How much of the average load an endpoint may have, in percent, before <c>ring-hash</c> and <c>maglev</c> pass a request on to another, which the key draws at random as in Envoy (bounded load; Envoy's
    /// <c>hash_balance_factor</c>). The average: all requests to the service under way in this process, this one included, divided among the endpoints of the tier that may be picked, by weight.
    /// </summary>
    public int HashBalanceFactor { get; internal init; } = 125;

    /// <summary>How long an endpoint that is new or back takes from a tenth of its share to all of it.</summary>
    public TimeSpan SlowStart { get; internal init; } = TimeSpan.FromSeconds(30);

    /// <summary>In tiers larger than this each process uses only this many endpoints, others than its neighbours do.</summary>
    public int SubsetSize { get; internal init; } = 100;

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

    /// <summary>Whether requests of one client stay with one endpoint.</summary>
    public SessionAffinity SessionAffinity { get; internal init; }

    /// <summary>How long a client stays with its endpoint; without meaning where <see cref="SessionAffinity"/> is none.</summary>
    public TimeSpan SessionAffinityTimeout { get; internal init; } = TimeSpan.FromHours(3);

    /// <summary>The name of the header or cookie of <see cref="SessionAffinity"/>.</summary>
    public string SessionAffinityName { get; internal init; } = "mesh-affinity";

    /// <summary>Which endpoints of the own cluster the service's owner wants preferred; <see langword="null"/> = not said. Nearest first inside the own cluster grants it.</summary>
    public TrafficDistribution? TrafficDistribution { get; internal init; }

    /// <summary>The path of a GET that asks each endpoint in use whether it is well (200), whether or not requests go to it; <c>/healthz</c>. <see langword="null"/> where nobody says it.</summary>
    public string? ProbePath { get; internal init; }

    /// <summary>How often <see cref="ProbePath"/>, and the gateways of other clusters, are asked.</summary>
    public TimeSpan ProbeInterval { get; internal init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long such an answer may take.</summary>
    public TimeSpan ProbeTimeout { get; internal init; } = TimeSpan.FromSeconds(1);

    /// <summary>The largest request body, in bytes, that is kept in memory so that it can be sent again, where it can be read only once.</summary>
    public int MaxBufferedBody { get; internal init; } = 64 * 1024;

    /// <summary>Whether a request whose answer is late is sent to a second endpoint as well, and the first answer taken. Only for what may be retried, within the same budget and at most 5 % of the last 10 s' requests: below about two requests a second nothing is hedged.</summary>
    public bool Hedging { get; internal init; }

    /// <summary>How late that is. <see langword="null"/> where nobody says it.</summary>
    public TimeSpan? HedgingDelay { get; internal init; }

    /// <summary>Whether backends are told how much time is left of <see cref="Timeout"/> (<c>grpc-timeout</c>, <c>mesh-deadline</c>).</summary>
    public bool PropagateDeadline { get; internal init; } = true;

    /// <summary>Whether the mesh routes for this client at all.</summary>
    public bool Enabled { get; internal init; } = true;

    /// <summary>Whether a pick depends on the request (<see cref="HashKey"/>, <see cref="SessionAffinity"/>): only then <see cref="PickHints"/> are worth computing. An algorithm of one's own counts where there is a <see cref="HashKey"/>.</summary>
    public bool IsKeyed => SessionAffinity != SessionAffinity.None || NeedsHash;

    /// <summary>Whether the algorithm may ask for <see cref="PickHints.Hash"/>.</summary>
    public bool NeedsHash => HashKey is not null && LoadBalancing is not ("least-request" or "least-work" or "round-robin" or "random" or "weighted-by-utilization");

    /// <summary>Where each field came from, by its name (<c>nameof(EffectivePolicy.Mode)</c>).</summary>
    public IReadOnlyDictionary<string, PolicyOrigin> Origins { get; }
}
