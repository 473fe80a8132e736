using System.Collections.Immutable;
using System.Globalization;

namespace Mesh;

/// <summary>
/// How requests to a service are routed. Every field is optional; each is looked for in turn in the client's policy, the
/// configuration of the service, the policy of the service's source, and the mesh default. Equal by content.
/// </summary>
public sealed record ServicePolicy
{
    /// <summary>A policy that says nothing.</summary>
    public static ServicePolicy Empty { get; } = new();

    /// <summary>How clusters share the load. Mesh default: <see cref="RoutingMode.Locality"/>.</summary>
    public RoutingMode? Mode { get; init; }

    /// <summary>The clusters that share the load; <see langword="default"/> = not said. Of <see cref="RoutingMode.Failover"/> in order, after the own one; an empty list means every other cluster, nearest first. Of <see cref="RoutingMode.ActiveActive"/> by weight; an empty list means all alike.</summary>
    public ImmutableArray<RoutingTarget> Targets { get; init; }

    /// <summary>The name of the algorithm that picks inside a tier: <c>least-request</c>, <c>round-robin</c>, <c>random</c>, <c>ring-hash</c>, <c>maglev</c>, <c>weighted-by-utilization</c>, or one of the application's own. Mesh default: <c>least-request</c>.</summary>
    public string? LoadBalancing { get; init; }

    /// <summary>What goes to the next tier or cluster, and when, where the nearer ones cannot carry all of it. Mesh default: <see cref="Mesh.SpillOver.Capacity"/>.</summary>
    public SpillOver? SpillOver { get; init; }

    /// <summary>What of a request <c>ring-hash</c> and <c>maglev</c> hash, so that requests which have it in common go to one endpoint. Mesh default: none, so that such requests are spread at random.</summary>
    public HashKey? HashKey { get; init; }

    /// <summary>
    /// How much of the average load an endpoint may have, in percent, before <c>ring-hash</c> and <c>maglev</c> pass a request on to another, which the key draws at random as in Envoy (bounded load; Envoy's
    /// <c>hash_balance_factor</c>). The average: all requests to the service under way in this process, this one included, divided among the endpoints of the tier that may be picked, by weight. Mesh default: 125; 100 to 10,000, or 0 for no bound.
    /// </summary>
    public int? HashBalanceFactor { get; init; }

    /// <summary>How long an endpoint that is new or back takes from a tenth of its share to all of it. Mesh default: 30 s; 0 (off) to 1 h.</summary>
    public TimeSpan? SlowStart { get; init; }

    /// <summary>In tiers larger than this each process uses only this many endpoints, others than its neighbours do. Mesh default: 100; 0 (off) to 100,000.</summary>
    public int? SubsetSize { get; init; }

    /// <summary>Whether endpoints in the caller's zone of another cluster come before those in other zones of its own. Mesh default: <see langword="false"/>.</summary>
    public bool? ZoneBeforeCluster { get; init; }

    /// <summary>How long an endpoint may take to accept a connection. Mesh default: 1 s; 1 ms to 5 min.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>How long one try of a request may take until its response headers. Mesh default: none. 1 ms to 1 h.</summary>
    public TimeSpan? TryTimeout { get; init; }

    /// <summary>How long a request may take in all until its response headers, tries and pauses included. Mesh default: none. 1 ms to 1 h.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a request that was sent may be sent again after a failure. Mesh default: 1; 0 to 10.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Whether requests with a method that is not idempotent (POST, PATCH) may be retried too. Mesh default: <see langword="false"/>.</summary>
    public bool? RetryNonIdempotent { get; init; }

    /// <summary>The part of the last 10 s' requests that may be retries. Mesh default: 0.2; 0 to 1.</summary>
    public double? RetryBudgetRatio { get; init; }

    /// <summary>Retries per second that are always allowed, beside <see cref="RetryBudgetRatio"/>. Mesh default: 3; 0 to 1,000.</summary>
    public double? RetryBudgetMinimum { get; init; }

    /// <summary>How many failures in a row eject an endpoint. Mesh default: 5; 1 to 1,000.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary>How long the first ejection lasts; each further one doubles. Mesh default: 5 s; 1 ms to 5 min.</summary>
    public TimeSpan? EjectionTime { get; init; }

    /// <summary>The longest ejection. Mesh default: 5 min; at least <see cref="EjectionTime"/>, at most 1 h.</summary>
    public TimeSpan? MaxEjectionTime { get; init; }

    /// <summary>The largest part of a tier, in percent, that may be ejected where no further tier can take over. Mesh default: 50; 0 to 100.</summary>
    public int? MaxEjectedPercent { get; init; }

    /// <summary>How many requests to the service may be under way at once in this process. Mesh default: 1024; 1 to 1,000,000.</summary>
    public int? MaxRequestsInFlight { get; init; }

    /// <summary>Whether <c>name.namespace.svc.cluster.local</c> means the merged service instead of the own cluster's alone. Mesh default: <see langword="false"/>.</summary>
    public bool? WidenClusterLocal { get; init; }

    /// <summary>Whether requests of one client stay with one endpoint (a Service's <c>sessionAffinity</c>). Mesh default: <see cref="Mesh.SessionAffinity.None"/>. </summary>
    public SessionAffinity? SessionAffinity { get; init; }

    /// <summary>How long a client stays with its endpoint. Mesh default: 3 h, as Kubernetes'; 1 s to 1 day. Without meaning where <see cref="SessionAffinity"/> is none.</summary>
    public TimeSpan? SessionAffinityTimeout { get; init; }

    /// <summary>The name of the header or cookie of <see cref="SessionAffinity"/>. Mesh default: <c>mesh-affinity</c>.</summary>
    public string? SessionAffinityName { get; init; }

    /// <summary>Which endpoints of the own cluster the service's owner wants preferred (a Service's <c>trafficDistribution</c>). Every mode goes nearest first inside the own cluster, which grants it. Mesh default: not said.</summary>
    public TrafficDistribution? TrafficDistribution { get; init; }

    /// <summary>The path of a GET that asks each endpoint in use whether it is well (200), whether or not requests go to it; <c>/healthz</c>. Mesh default: none, so that only requests tell.</summary>
    public string? ProbePath { get; init; }

    /// <summary>How often <see cref="ProbePath"/>, and the gateways of other clusters, are asked. Mesh default: 3 s; 100 ms to 1 h.</summary>
    public TimeSpan? ProbeInterval { get; init; }

    /// <summary>How long such an answer may take. Mesh default: 1 s; 1 ms to <see cref="ProbeInterval"/>.</summary>
    public TimeSpan? ProbeTimeout { get; init; }

    /// <summary>The largest request body, in bytes, that is kept in memory so that it can be sent again, where it can be read only once. Mesh default: 65,536; 0 to 16 MiB.</summary>
    public int? MaxBufferedBody { get; init; }

    /// <summary>Whether a request whose answer is late is sent to a second endpoint as well, and the first answer taken. Only for what may be retried, within the same budget and at most 5 % of the last 10 s' requests: below about two requests a second nothing is hedged. Mesh default: <see langword="false"/>.</summary>
    public bool? Hedging { get; init; }

    /// <summary>How late that is; it does not lift the limit of <see cref="Hedging"/>. Mesh default: the 95th percentile of the service's own latency; 1 ms to 1 h.</summary>
    public TimeSpan? HedgingDelay { get; init; }

    /// <summary>Whether backends are told how much time is left of <see cref="Timeout"/> (<c>grpc-timeout</c>, <c>mesh-deadline</c>). Mesh default: <see langword="true"/>.</summary>
    public bool? PropagateDeadline { get; init; }

    /// <summary>Whether the mesh routes for this client at all. Mesh default: <see langword="true"/>; only a client's policy is asked.</summary>
    public bool? Enabled { get; init; }

    /// <summary>This policy, and what it does not say taken from <paramref name="other"/>.</summary>
    public ServicePolicy Or(ServicePolicy? other) =>
        other is null || ReferenceEquals(other, Empty) || ReferenceEquals(other, this)
            ? this
            : ReferenceEquals(this, Empty)
                ? other
                : new ServicePolicy
                {
                    Targets = Targets.IsDefault ? other.Targets : Targets,
                    Mode = Mode ?? other.Mode,
                    LoadBalancing = LoadBalancing ?? other.LoadBalancing,
                    SpillOver = SpillOver ?? other.SpillOver,
                    HashKey = HashKey ?? other.HashKey,
                    HashBalanceFactor = HashBalanceFactor ?? other.HashBalanceFactor,
                    SlowStart = SlowStart ?? other.SlowStart,
                    SubsetSize = SubsetSize ?? other.SubsetSize,
                    ZoneBeforeCluster = ZoneBeforeCluster ?? other.ZoneBeforeCluster,
                    ConnectTimeout = ConnectTimeout ?? other.ConnectTimeout,
                    TryTimeout = TryTimeout ?? other.TryTimeout,
                    Timeout = Timeout ?? other.Timeout,
                    MaxRetries = MaxRetries ?? other.MaxRetries,
                    RetryNonIdempotent = RetryNonIdempotent ?? other.RetryNonIdempotent,
                    RetryBudgetRatio = RetryBudgetRatio ?? other.RetryBudgetRatio,
                    RetryBudgetMinimum = RetryBudgetMinimum ?? other.RetryBudgetMinimum,
                    ConsecutiveFailures = ConsecutiveFailures ?? other.ConsecutiveFailures,
                    EjectionTime = EjectionTime ?? other.EjectionTime,
                    MaxEjectionTime = MaxEjectionTime ?? other.MaxEjectionTime,
                    MaxEjectedPercent = MaxEjectedPercent ?? other.MaxEjectedPercent,
                    MaxRequestsInFlight = MaxRequestsInFlight ?? other.MaxRequestsInFlight,
                    WidenClusterLocal = WidenClusterLocal ?? other.WidenClusterLocal,
                    SessionAffinity = SessionAffinity ?? other.SessionAffinity,
                    SessionAffinityTimeout = SessionAffinityTimeout ?? other.SessionAffinityTimeout,
                    TrafficDistribution = TrafficDistribution ?? other.TrafficDistribution,
                    SessionAffinityName = SessionAffinityName ?? other.SessionAffinityName,
                    ProbePath = ProbePath ?? other.ProbePath,
                    ProbeInterval = ProbeInterval ?? other.ProbeInterval,
                    ProbeTimeout = ProbeTimeout ?? other.ProbeTimeout,
                    MaxBufferedBody = MaxBufferedBody ?? other.MaxBufferedBody,
                    Hedging = Hedging ?? other.Hedging,
                    HedgingDelay = HedgingDelay ?? other.HedgingDelay,
                    PropagateDeadline = PropagateDeadline ?? other.PropagateDeadline,
                    Enabled = Enabled ?? other.Enabled,
                };

    /// <inheritdoc/>
    public bool Equals(ServicePolicy? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Targets.IsDefault == other.Targets.IsDefault
            && Targets.AsSpan().SequenceEqual(other.Targets.AsSpan())
            && Mode == other.Mode
            && LoadBalancing == other.LoadBalancing
            && SpillOver == other.SpillOver
            && HashKey == other.HashKey
            && HashBalanceFactor == other.HashBalanceFactor
            && SlowStart == other.SlowStart
            && SubsetSize == other.SubsetSize
            && ZoneBeforeCluster == other.ZoneBeforeCluster
            && ConnectTimeout == other.ConnectTimeout
            && TryTimeout == other.TryTimeout
            && Timeout == other.Timeout
            && MaxRetries == other.MaxRetries
            && RetryNonIdempotent == other.RetryNonIdempotent
            && RetryBudgetRatio == other.RetryBudgetRatio
            && RetryBudgetMinimum == other.RetryBudgetMinimum
            && ConsecutiveFailures == other.ConsecutiveFailures
            && EjectionTime == other.EjectionTime
            && MaxEjectionTime == other.MaxEjectionTime
            && MaxEjectedPercent == other.MaxEjectedPercent
            && MaxRequestsInFlight == other.MaxRequestsInFlight
            && WidenClusterLocal == other.WidenClusterLocal
            && SessionAffinity == other.SessionAffinity
            && SessionAffinityTimeout == other.SessionAffinityTimeout
            && TrafficDistribution == other.TrafficDistribution
            && SessionAffinityName == other.SessionAffinityName
            && ProbePath == other.ProbePath
            && ProbeInterval == other.ProbeInterval
            && ProbeTimeout == other.ProbeTimeout
            && MaxBufferedBody == other.MaxBufferedBody
            && Hedging == other.Hedging
            && HedgingDelay == other.HedgingDelay
            && PropagateDeadline == other.PropagateDeadline
            && Enabled == other.Enabled);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, LoadBalancing, ConnectTimeout, Timeout, MaxRetries, Targets.IsDefault ? -1 : Targets.Length);

    /// <summary>What it says: <c>Mode Failover, Targets beta 100, MaxRetries 2</c>; <c>says nothing</c> where it is empty.</summary>
    public override string ToString()
    {
        List<string> said = [];
        Say(nameof(Mode), Mode);
        Say(nameof(Targets), Targets.IsDefault ? null : Targets.IsEmpty ? "every other cluster" : string.Join(" then ", Targets.Select(static t => t.Priority is { } priority ? $"{t.Cluster} {t.Weight} (priority {priority})" : $"{t.Cluster} {t.Weight}")));
        Say(nameof(LoadBalancing), LoadBalancing);
        Say(nameof(SpillOver), SpillOver);
        Say(nameof(HashKey), HashKey);
        Say(nameof(HashBalanceFactor), HashBalanceFactor);
        Say(nameof(SlowStart), SlowStart);
        Say(nameof(SubsetSize), SubsetSize);
        Say(nameof(ZoneBeforeCluster), ZoneBeforeCluster);
        Say(nameof(ConnectTimeout), ConnectTimeout);
        Say(nameof(TryTimeout), TryTimeout);
        Say(nameof(Timeout), Timeout);
        Say(nameof(MaxRetries), MaxRetries);
        Say(nameof(RetryNonIdempotent), RetryNonIdempotent);
        Say(nameof(RetryBudgetRatio), RetryBudgetRatio);
        Say(nameof(RetryBudgetMinimum), RetryBudgetMinimum);
        Say(nameof(ConsecutiveFailures), ConsecutiveFailures);
        Say(nameof(EjectionTime), EjectionTime);
        Say(nameof(MaxEjectionTime), MaxEjectionTime);
        Say(nameof(MaxEjectedPercent), MaxEjectedPercent);
        Say(nameof(MaxRequestsInFlight), MaxRequestsInFlight);
        Say(nameof(WidenClusterLocal), WidenClusterLocal);
        Say(nameof(SessionAffinity), SessionAffinity);
        Say(nameof(SessionAffinityTimeout), SessionAffinityTimeout);
        Say(nameof(TrafficDistribution), TrafficDistribution);
        Say(nameof(SessionAffinityName), SessionAffinityName);
        Say(nameof(ProbePath), ProbePath);
        Say(nameof(ProbeInterval), ProbeInterval);
        Say(nameof(ProbeTimeout), ProbeTimeout);
        Say(nameof(MaxBufferedBody), MaxBufferedBody);
        Say(nameof(Hedging), Hedging);
        Say(nameof(HedgingDelay), HedgingDelay);
        Say(nameof(PropagateDeadline), PropagateDeadline);
        Say(nameof(Enabled), Enabled);
        return said.Count == 0 ? "says nothing" : string.Join(", ", said);

        void Say(string property, object? value)
        {
            if (value is not null)
            {
                said.Add(string.Create(CultureInfo.InvariantCulture, $"{property} {value}"));
            }
        }
    }
}
