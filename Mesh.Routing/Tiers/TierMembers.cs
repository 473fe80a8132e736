using System.Collections.Immutable;

namespace Mesh;

/// <summary>The endpoints of one tier that may be picked now.</summary>
public sealed class TierMembers
{
    internal TierMembers(string name, ImmutableArray<EndpointState> endpoints, ImmutableArray<EndpointState> all, EffectivePolicy policy) =>
        (Name, Endpoints, All, Policy) = (name, endpoints, all, policy);

    /// <summary>The tier: <c>same node</c>, <c>same zone</c>, <c>same cluster</c>, <c>same region</c>, <c>cluster beta</c>, <c>any</c>.</summary>
    public string Name { get; }

    /// <summary>Those that may be picked: without the ejected ones.</summary>
    public ImmutableArray<EndpointState> Endpoints { get; }

    /// <summary>All of the tier, in whatever health: the same array until the service, its policy or the clusters change.</summary>
    public ImmutableArray<EndpointState> All { get; }

    /// <summary>The policy in force.</summary>
    public EffectivePolicy Policy { get; }
}
