using Mesh.Settings;

namespace Mesh;

/// <summary>
/// How requests to a service are routed, as configured. Every field is optional; each is looked for in turn in the client's
/// policy (<c>ConfigureMeshRouting</c>), <c>Mesh:Services</c>, the policy of the service's source, and <c>Mesh:Policy</c>.
/// </summary>
public sealed class ServicePolicyOptions
{
    /// <summary>How clusters share the load. Mesh default: <see cref="RoutingMode.Locality"/>.</summary>
    public RoutingMode? Mode { get; set; }

    /// <summary>The clusters that share the load. Default: not said. Of <see cref="RoutingMode.Failover"/> in order, after the own one; an empty list means every other cluster, nearest first. Of <see cref="RoutingMode.ActiveActive"/> by weight; an empty list means all alike.</summary>
    public IList<RoutingTargetOptions>? Targets { get; set; }

    /// <summary>The name of the algorithm that picks inside a tier: <c>least-request</c>, <c>round-robin</c>, <c>random</c>, <c>ring-hash</c>, <c>maglev</c>, <c>weighted-by-utilization</c>, or one of the application's own. Mesh default: <c>least-request</c>.</summary>
    public string? LoadBalancing { get; set; }

    /// <summary>What goes to the next tier or cluster, and when, where the nearer ones cannot carry all of it. Mesh default: <see cref="Mesh.SpillOver.Capacity"/>.</summary>
    public SpillOver? SpillOver { get; set; }

    /// <summary>What of a request <c>ring-hash</c> and <c>maglev</c> hash, so that requests which have it in common go to one endpoint. Mesh default: none, so that such requests are spread at random. Written <c>header:NAME</c>, <c>cookie:NAME</c>, <c>source-address</c> or <c>path</c>.</summary>
    public string? HashKey { get; set; }

    /// <summary>
    /// How much of the average load an endpoint may have, in percent, before <c>ring-hash</c> and <c>maglev</c> pass a request on to another, which the key draws at random as in Envoy (bounded load; Envoy's
    /// <c>hash_balance_factor</c>). The average: all requests to the service under way in this process, this one included, divided among the endpoints of the tier that may be picked, by weight. Mesh default: 125; 100 to 10,000, or 0 for no bound.
    /// </summary>
    public int? HashBalanceFactor { get; set; }

    /// <summary>How long an endpoint that is new or back takes from a tenth of its share to all of it. Mesh default: 30 s; 0 (off) to 1 h.</summary>
    public TimeSpan? SlowStart { get; set; }

    /// <summary>In tiers larger than this each process uses only this many endpoints, others than its neighbours do. Mesh default: 100; 0 (off) to 100,000.</summary>
    public int? SubsetSize { get; set; }

    /// <summary>Whether endpoints in the caller's zone of another cluster come before those in other zones of its own. Mesh default: <see langword="false"/>.</summary>
    public bool? ZoneBeforeCluster { get; set; }

    /// <summary>How long an endpoint may take to accept a connection. Mesh default: 1 s; 1 ms to 5 min.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>How long one try of a request may take until its response headers. Mesh default: none. 1 ms to 1 h.</summary>
    public TimeSpan? TryTimeout { get; set; }

    /// <summary>How long a request may take in all until its response headers, tries and pauses included. Mesh default: none. 1 ms to 1 h.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How often a request that was sent may be sent again after a failure. Mesh default: 1; 0 to 10.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>Whether requests with a method that is not idempotent (POST, PATCH) may be retried too. Mesh default: <see langword="false"/>.</summary>
    public bool? RetryNonIdempotent { get; set; }

    /// <summary>The part of the last 10 s' requests that may be retries. Mesh default: 0.2; 0 to 1.</summary>
    public double? RetryBudgetRatio { get; set; }

    /// <summary>Retries per second that are always allowed, beside <see cref="RetryBudgetRatio"/>. Mesh default: 3; 0 to 1,000.</summary>
    public double? RetryBudgetMinimum { get; set; }

    /// <summary>How many failures in a row eject an endpoint. Mesh default: 5; 1 to 1,000.</summary>
    public int? ConsecutiveFailures { get; set; }

    /// <summary>How long the first ejection lasts; each further one doubles. Mesh default: 5 s; 1 ms to 5 min.</summary>
    public TimeSpan? EjectionTime { get; set; }

    /// <summary>The longest ejection. Mesh default: 5 min; at least <see cref="EjectionTime"/>, at most 1 h.</summary>
    public TimeSpan? MaxEjectionTime { get; set; }

    /// <summary>The largest part of a tier, in percent, that may be ejected where no further tier can take over. Mesh default: 50; 0 to 100.</summary>
    public int? MaxEjectedPercent { get; set; }

    /// <summary>How many requests to the service may be under way at once in this process. Mesh default: 1024; 1 to 1,000,000.</summary>
    public int? MaxRequestsInFlight { get; set; }

    /// <summary>Whether <c>name.namespace.svc.cluster.local</c> means the merged service instead of the own cluster's alone. Mesh default: <see langword="false"/>.</summary>
    public bool? WidenClusterLocal { get; set; }

    /// <summary>Whether requests of one client stay with one endpoint. Mesh default: <see cref="Mesh.SessionAffinity.None"/>.</summary>
    public SessionAffinity? SessionAffinity { get; set; }

    /// <summary>The name of the header or cookie of <see cref="SessionAffinity"/>. Mesh default: <c>mesh-affinity</c>.</summary>
    public string? SessionAffinityName { get; set; }

    /// <summary>How long a client stays with its endpoint. Mesh default: 3 h; 1 s to 1 day. Without meaning where <see cref="SessionAffinity"/> is none.</summary>
    public TimeSpan? SessionAffinityTimeout { get; set; }

    /// <summary>The path of a GET that asks each endpoint in use whether it is well (200), whether or not requests go to it; <c>/healthz</c>. Mesh default: none, so that only requests tell.</summary>
    public string? ProbePath { get; set; }

    /// <summary>How often <see cref="ProbePath"/>, and the gateways of other clusters, are asked. Mesh default: 3 s; 100 ms to 1 h.</summary>
    public TimeSpan? ProbeInterval { get; set; }

    /// <summary>How long such an answer may take. Mesh default: 1 s; 1 ms to <see cref="ProbeInterval"/>.</summary>
    public TimeSpan? ProbeTimeout { get; set; }

    /// <summary>The largest request body, in bytes, that is kept in memory so that it can be sent again, where it can be read only once. Mesh default: 65,536; 0 to 16 MiB.</summary>
    public int? MaxBufferedBody { get; set; }

    /// <summary>Whether a request whose answer is late is sent to a second endpoint as well, and the first answer taken. Only for what may be retried, within the same budget and at most 5 % of the last 10 s' requests: below about two requests a second nothing is hedged. Mesh default: <see langword="false"/>.</summary>
    public bool? Hedging { get; set; }

    /// <summary>How late that is; it does not lift the limit of <see cref="Hedging"/>. Mesh default: the 95th percentile of the service's own latency; 1 ms to 1 h.</summary>
    public TimeSpan? HedgingDelay { get; set; }

    /// <summary>Whether backends are told how much time is left of <see cref="Timeout"/> (<c>grpc-timeout</c>, <c>mesh-deadline</c>). Mesh default: <see langword="true"/>.</summary>
    public bool? PropagateDeadline { get; set; }

    /// <summary>Whether the mesh routes for this client at all. Mesh default: <see langword="true"/>; only a client's policy may say it.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Adds what is out of range to <paramref name="errors"/>.</summary>
    public void Validate(SettingErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ServicePolicyValidator.Check(errors, this);
    }

    /// <summary>The immutable policy that these options describe.</summary>
    /// <exception cref="FormatException">A target names no cluster; what was validated has none such.</exception>
    public ServicePolicy ToPolicy() => ToPolicyWithoutTargets() with
    {
        Targets = Targets is null ? default : [.. Targets.Select(static t => new RoutingTarget(new ClusterId(t.Cluster ?? ""), t.Weight, t.Priority))],
    };

    internal ServicePolicy ToPolicyWithoutTargets() => new()
    {
        Mode = Mode,
        LoadBalancing = LoadBalancing,
        SpillOver = SpillOver,
        HashKey = HashKey is { } key && Mesh.HashKey.TryParse(key, out var parsed) ? parsed : null,
        HashBalanceFactor = HashBalanceFactor,
        SlowStart = SlowStart,
        SubsetSize = SubsetSize,
        ZoneBeforeCluster = ZoneBeforeCluster,
        ConnectTimeout = ConnectTimeout,
        TryTimeout = TryTimeout,
        Timeout = Timeout,
        MaxRetries = MaxRetries,
        RetryNonIdempotent = RetryNonIdempotent,
        RetryBudgetRatio = RetryBudgetRatio,
        RetryBudgetMinimum = RetryBudgetMinimum,
        ConsecutiveFailures = ConsecutiveFailures,
        EjectionTime = EjectionTime,
        MaxEjectionTime = MaxEjectionTime,
        MaxEjectedPercent = MaxEjectedPercent,
        MaxRequestsInFlight = MaxRequestsInFlight,
        WidenClusterLocal = WidenClusterLocal,
        SessionAffinity = SessionAffinity,
        SessionAffinityName = SessionAffinityName,
        SessionAffinityTimeout = SessionAffinityTimeout,
        ProbePath = ProbePath,
        ProbeInterval = ProbeInterval,
        ProbeTimeout = ProbeTimeout,
        MaxBufferedBody = MaxBufferedBody,
        Hedging = Hedging,
        HedgingDelay = HedgingDelay,
        PropagateDeadline = PropagateDeadline,
        Enabled = Enabled,
    };
}
