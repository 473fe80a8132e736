using System.Collections.Immutable;
using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>What the catalog needs of a Service.</summary>
internal sealed record ServiceObject(string Namespace, string Name, string ResourceVersion) : IWatchedObject
{
    public ServiceKind Kind { get; init; }

    /// <summary><c>clusterIP: None</c>: callers see the endpoints themselves.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>Whether the platform chooses the endpoints; without a selector somebody else writes the slices.</summary>
    public bool HasSelector { get; init; }

    public string? ExternalName { get; init; }

    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>How long a client stays with its endpoint (<c>sessionAffinity: ClientIP</c>), or <see langword="null"/>.</summary>
    public TimeSpan? ClientIpAffinity { get; init; }

    /// <summary>The family that the Service names first (<c>ipFamilies[0]</c>); <see langword="null"/> where it names none, or none that is known.</summary>
    public SliceAddressType? Family { get; init; }

    /// <summary>What its owner wants preferred (<c>trafficDistribution</c>), or <see langword="null"/>.</summary>
    public TrafficDistribution? TrafficDistribution { get; init; }
}
