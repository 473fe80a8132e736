using System.Collections.Immutable;
using Mesh.Explaining;

namespace Mesh;

/// <summary>What a pick would do and why. Immutable; <see cref="ToString"/> is the readable table.</summary>
public sealed record RouteExplanation
{
    internal RouteExplanation()
    {
    }

    /// <summary>What was asked.</summary>
    public required string Asked { get; init; }

    /// <summary>How the host was understood.</summary>
    public required HostMatch Match { get; init; }

    /// <summary>How a pick would end now; <see langword="null"/> where the host is no service.</summary>
    public PickStatus? Status { get; init; }

    /// <summary>What a request would wait for first, and how long at most; <see langword="null"/> where it would not wait.</summary>
    public string? Wait { get; init; }

    /// <summary>What a request would be told, after <see cref="Wait"/> where nothing changes meanwhile; <see langword="null"/> where it finds an endpoint.</summary>
    public string? Failure { get; init; }

    /// <summary>The part of the service that is meant, after the policy's widening.</summary>
    public ServiceView View { get; init; }

    /// <summary>The port of the service, or <see langword="null"/>.</summary>
    public ServicePort? Port { get; init; }

    /// <summary>How the port was found, or why none was; <see langword="null"/> where it was not looked for.</summary>
    public string? PortReason { get; init; }

    /// <summary>Where the caller is.</summary>
    public Locality Caller { get; init; }

    /// <summary>The caller's network, or <see langword="null"/>.</summary>
    public string? CallerNetwork { get; init; }

    /// <summary>What the topology hints of the own cluster's endpoints say for this caller, and whether that is followed; <see langword="null"/> where there are none.</summary>
    public string? TopologyHints { get; init; }

    /// <summary>The snapshot's revision, or <see langword="null"/> while the service is not known.</summary>
    public long? Revision { get; init; }

    /// <summary>How long ago the service last changed.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Requests to the service under way in this process.</summary>
    public int InFlight { get; init; }

    /// <summary>Retries that the budget still bears.</summary>
    public int RetriesLeft { get; init; }

    /// <summary>The clusters of the mesh.</summary>
    public ImmutableArray<ClusterExplanation> Clusters { get; init; } = [];

    /// <summary>The part of new requests that is answered 503 at once since nobody can carry it, in percent.</summary>
    public double Shed { get; init; }

    /// <summary>By what the requests are shared out, where that is done by capacity: demand, capacities, and how busy each level is; <see langword="null"/> elsewhere.</summary>
    public string? SpillReason { get; init; }

    /// <summary>The part of new requests that goes to other clusters than the caller's own by the shares of tiers, in percent; drains come on top.</summary>
    public double LeavesCluster { get; init; }

    /// <summary>The tiers, in order.</summary>
    public ImmutableArray<TierExplanation> Tiers { get; init; } = [];

    /// <summary>The policy in force, field by field.</summary>
    public ImmutableArray<PolicyFieldExplanation> Policy { get; init; } = [];

    /// <summary>What of the policy could not be followed, or has no effect as it is.</summary>
    public ImmutableArray<string> PolicyProblems { get; init; } = [];

    /// <summary>On what exporting clusters disagree, and whose word holds.</summary>
    public ImmutableArray<ServiceConflict> Conflicts { get; init; } = [];

    /// <summary>What is not used, and why.</summary>
    public ImmutableArray<LeftOutExplanation> LeftOut { get; init; } = [];

    /// <summary>The same as JSON: names in camel case as the properties here, times in seconds, what is <see langword="null"/> left out.</summary>
    public string ToJson() => ExplanationJson.Write(this);

    /// <summary>The readable table.</summary>
    public override string ToString() => ExplanationWriter.Write(this);
}
