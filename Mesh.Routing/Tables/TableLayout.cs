using Mesh.Hosts;
using Mesh.Picks;
using Mesh.Policies;

namespace Mesh.Tables;

/// <summary>What of a table depends on the service, the clusters and the policy, not on health. Immutable.</summary>
internal sealed record TableLayout
{
    /// <summary>The snapshot it was built from; <see langword="null"/> where the service is not known.</summary>
    public ServiceSnapshot? Snapshot { get; init; }

    public required Topology Topology { get; init; }

    /// <summary>What was configured when <see cref="Policy"/> was resolved.</summary>
    public required ConfiguredPolicies Configured { get; init; }

    public required EffectivePolicy Policy { get; init; }

    /// <summary>The algorithm, before it is told of a tier.</summary>
    public required EndpointPicker Picker { get; init; }

    /// <summary>What of the policy could not be followed; empty mostly.</summary>
    public IReadOnlyList<string> PolicyProblems { get; init; } = [];

    /// <summary>The view after the policy's widening.</summary>
    public ServiceView View { get; init; }

    public PortChoice? Port { get; init; }

    /// <summary>The clusters that are left out whole, since nobody there can be dialled; empty mostly.</summary>
    public IReadOnlyList<ClusterOutOfReach> OutOfReach { get; init; } = [];

    /// <summary>The targets that no source describes, so that they get nothing; empty mostly.</summary>
    public IReadOnlyList<ClusterId> UnknownTargets { get; init; } = [];

    public TierLayout[] Tiers { get; init; } = [];

    /// <summary>What a pick answers where there is no tier; <see cref="PickStatus.NoUsableEndpoint"/> where there is one.</summary>
    public PickStatus StatusWithoutTiers { get; init; } = PickStatus.NoUsableEndpoint;

    /// <summary>The same for a table that nobody picks from, so that the algorithm is not told of its tiers.</summary>
    public TableLayout WithoutAlgorithm() => this with { Picker = NoPicker };

    private static readonly EndpointPicker NoPicker = new RandomPicker();
}
