using System.Collections.Immutable;
using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>What the catalog needs of an EndpointSlice. Short-lived: it is packed into a segment at once.</summary>
internal sealed class SliceObject(string @namespace, string name, string resourceVersion) : IWatchedObject
{
    public string Namespace { get; } = @namespace;

    public string Name { get; } = name;

    public string ResourceVersion { get; } = resourceVersion;

    /// <summary>The Service it belongs to (label <c>kubernetes.io/service-name</c>), or <see langword="null"/>.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Whether it was copied from another cluster (labels <c>multicluster.kubernetes.io/source-cluster</c> and <c>/service-name</c>, KEP-1645): that cluster speaks for itself.</summary>
    public bool IsImported { get; init; }

    public SliceAddressType AddressType { get; init; }

    public ImmutableArray<EndpointPort> Ports { get; init; } = [];

    public List<SliceEndpoint> Endpoints { get; init; } = [];
}
