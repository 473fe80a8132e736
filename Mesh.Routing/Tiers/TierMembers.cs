using System.Collections.Immutable;

namespace Mesh;

/// <summary>The endpoints of one tier that may be picked now.</summary>
public sealed class TierMembers
{
    internal TierMembers(string name, ImmutableArray<EndpointState> endpoints) => (Name, Endpoints) = (name, endpoints);

    /// <summary>The tier: <c>same node</c>, <c>same zone</c>, <c>same cluster</c>, <c>same region</c>, <c>cluster beta</c>, <c>any</c>.</summary>
    public string Name { get; }

    /// <summary>Its endpoints, without those that are ejected.</summary>
    public ImmutableArray<EndpointState> Endpoints { get; }
}
