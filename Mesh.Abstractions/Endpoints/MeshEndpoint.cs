using System.Collections.Immutable;

namespace Mesh;

/// <summary>One endpoint of a snapshot: a view into its packed segment, no object of its own.</summary>
public readonly struct MeshEndpoint : IEquatable<MeshEndpoint>
{
    private readonly EndpointSegment _segment;
    private readonly int _index;

    internal MeshEndpoint(EndpointSegment segment, int index)
    {
        _segment = segment;
        _index = index;
    }

    /// <summary>The segment it is in.</summary>
    public EndpointSegment Segment => _segment;

    /// <summary>The cluster it runs in.</summary>
    public ClusterId Cluster => _segment.Cluster;

    /// <summary>Where it listens.</summary>
    public EndpointAddress Address => _segment.AddressOf(_index);

    /// <summary>What the platform says of it.</summary>
    public EndpointConditions Conditions => _segment.ConditionsOf(_index);

    /// <summary>Where it runs.</summary>
    public Locality Locality => new(_segment.Cluster, _segment.RegionOf(_index), _segment.ZoneOf(_index), _segment.NodeOf(_index));

    /// <summary>Its share of load beside others, 0 to 1,000,000.</summary>
    public int Weight => _segment.WeightOf(_index);

    /// <summary>The uid of what is behind the address, or <see langword="null"/>.</summary>
    public Guid? TargetUid => _segment.TargetUidOf(_index);

    /// <summary>Its ports.</summary>
    public ImmutableArray<EndpointPort> Ports => _segment.Ports;

    /// <summary>Zones whose callers should use it, or empty.</summary>
    public ImmutableArray<string> ZoneHints => _segment.ExtrasOf(_index)?.ZoneHints is { IsDefault: false } hints ? hints : [];

    /// <summary>Nodes whose callers should use it, or empty.</summary>
    public ImmutableArray<string> NodeHints => _segment.ExtrasOf(_index)?.NodeHints is { IsDefault: false } hints ? hints : [];

    /// <summary>Its labels, or empty.</summary>
    public ImmutableDictionary<string, string> Labels => _segment.ExtrasOf(_index)?.Labels ?? ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public bool Equals(MeshEndpoint other) => ReferenceEquals(_segment, other._segment) && _index == other._index;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MeshEndpoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_segment, _index);

    /// <summary><c>address (region/zone/cluster/node)</c>.</summary>
    public override string ToString() => $"{Address} ({Locality})";

    /// <summary>Whether both are the same view.</summary>
    public static bool operator ==(MeshEndpoint left, MeshEndpoint right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(MeshEndpoint left, MeshEndpoint right) => !left.Equals(right);
}
