using System.Collections.Immutable;

namespace Mesh;

/// <summary>What a <see cref="MeshRouter"/> is told. Immutable.</summary>
public sealed record MeshRouterOptions
{
    /// <summary>
    /// Where the process runs; <see langword="null"/> (the default) = nowhere known. Without a cluster in it the cluster read with in-cluster credentials
    /// (<see cref="ClusterSnapshot.IsOwn"/>) is the own one; without any, tiers start at "any".
    /// </summary>
    public Locality? Caller { get; init; }

    /// <summary>The network the process is in, where its own cluster names none. Default: none.</summary>
    public string? CallerNetwork { get; init; }

    /// <summary>Whether the process can show an identity to the gateways of clusters in other networks. Default: no; such clusters are then out of reach, with a reason that says so.</summary>
    public bool DialsGateways { get; init; }

    /// <summary>The namespace that bare host names mean. Default: none, so that bare names are foreign.</summary>
    public string? OwnNamespace { get; init; }

    /// <summary>Namespaces whose <c>name.namespace</c> hosts are services, beside those of <see cref="ServicePolicies"/>, the own one and those the catalog has seen. Default: none.</summary>
    public ImmutableHashSet<string> KnownNamespaces { get; init; } = [];

    /// <summary>
    /// Whether any namespace, service or cluster's namespaces are configured. Where not (the default), two-label hosts are
    /// <see cref="HostKind.Undecided"/> until the catalog is complete.
    /// </summary>
    public bool IsConfigured { get; init; }

    /// <summary>The policy of services that have none of their own. Default: says nothing.</summary>
    public ServicePolicy DefaultPolicy { get; init; } = ServicePolicy.Empty;

    /// <summary>Policies by service. Default: none.</summary>
    public ImmutableDictionary<ServiceName, ServicePolicy> ServicePolicies { get; init; } = ImmutableDictionary<ServiceName, ServicePolicy>.Empty;

    /// <summary>How long a request waits for a service that is not known yet. Default: 30 s; 0 = not at all.</summary>
    public TimeSpan InitialSyncTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What tells this process from others that call the same services, such as its pod's name: in tiers larger than <see cref="ServicePolicy.SubsetSize"/> it decides which endpoints the process uses.
    /// <see langword="null"/> (the default): <see cref="Seed"/> decides.
    /// </summary>
    public string? Instance { get; init; }

    /// <summary>
    /// The seed of every random choice: what is picked, how times vary, and without <see cref="Instance"/> the endpoints that are used. <see langword="null"/> (the default): one from the system, so that processes
    /// do not choose alike. Set it to see the same choices again, in tests and simulations.
    /// </summary>
    public int? Seed { get; init; }
}
