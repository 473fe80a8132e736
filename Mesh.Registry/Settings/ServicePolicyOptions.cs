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

    /// <summary>The clusters of <see cref="RoutingMode.Failover"/>, in order. Default: not said; an empty list means every other cluster, nearest first.</summary>
    public IList<RoutingTargetOptions>? Targets { get; set; }

    /// <summary>The name of the algorithm that picks inside a tier: <c>least-request</c>, <c>round-robin</c>, <c>random</c>, or one of the application's own. Mesh default: <c>least-request</c>.</summary>
    public string? LoadBalancing { get; set; }

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
        Targets = Targets is null ? default : [.. Targets.Select(static t => new RoutingTarget(new ClusterId(t.Cluster ?? ""), t.Weight))],
    };

    internal ServicePolicy ToPolicyWithoutTargets() => new()
    {
        Mode = Mode,
        LoadBalancing = LoadBalancing,
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
        Enabled = Enabled,
    };
}
