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

    /// <summary>The clusters of <see cref="RoutingMode.Failover"/>, in order; <see langword="default"/> = not said. An empty list means every other cluster, nearest first.</summary>
    public ImmutableArray<RoutingTarget> Targets { get; init; }

    /// <summary>The name of the algorithm that picks inside a tier: <c>least-request</c>, <c>round-robin</c>, <c>random</c>, or one of the application's own. Mesh default: <c>least-request</c>.</summary>
    public string? LoadBalancing { get; init; }

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

    /// <summary>Whether requests of one client stay with one endpoint (a Service's <c>sessionAffinity</c>). Mesh default: <see cref="Mesh.SessionAffinity.None"/>. Carried and shown by explain; picks do not follow it in this version.</summary>
    public SessionAffinity? SessionAffinity { get; init; }

    /// <summary>How long a client stays with its endpoint. Mesh default: 3 h, as Kubernetes'; 1 s to 1 day. Without meaning where <see cref="SessionAffinity"/> is none.</summary>
    public TimeSpan? SessionAffinityTimeout { get; init; }

    /// <summary>Which endpoints of the own cluster the service's owner wants preferred (a Service's <c>trafficDistribution</c>). Every mode goes nearest first inside the own cluster, which grants it. Mesh default: not said.</summary>
    public TrafficDistribution? TrafficDistribution { get; init; }

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
            && Enabled == other.Enabled);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, LoadBalancing, ConnectTimeout, Timeout, MaxRetries, Targets.IsDefault ? -1 : Targets.Length);

    /// <summary>What it says: <c>Mode Failover, Targets beta 100, MaxRetries 2</c>; <c>says nothing</c> where it is empty.</summary>
    public override string ToString()
    {
        List<string> said = [];
        Say(nameof(Mode), Mode);
        Say(nameof(Targets), Targets.IsDefault ? null : Targets.IsEmpty ? "every other cluster" : string.Join(" then ", Targets.Select(static t => $"{t.Cluster} {t.Weight}")));
        Say(nameof(LoadBalancing), LoadBalancing);
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
