using System.Collections.Immutable;
using Mesh.Endpoints;

namespace Mesh;

/// <summary>
/// The endpoints of one slice: those of one service, in one cluster, from one source, that share their ports. Immutable and
/// packed (arrays of small structs, shared names), so that a snapshot can hold it by reference. Made by
/// <see cref="EndpointSegmentBuilder"/>.
/// </summary>
public sealed class EndpointSegment
{
    private readonly PackedEndpoint[] _packed;
    private readonly string[] _names;
    private readonly UInt128[] _ipv6;
    private readonly string[] _hosts;
    private readonly Guid[]? _uids;
    private readonly int[]? _weights;
    private readonly EndpointExtras?[]? _extras;

    internal EndpointSegment(
        ClusterId cluster,
        string slice,
        ImmutableArray<EndpointPort> ports,
        PackedEndpoint[] packed,
        string[] names,
        OtherAddresses otherAddresses,
        Guid[]? uids,
        int[]? weights,
        EndpointExtras?[]? extras)
    {
        Cluster = cluster;
        Slice = slice;
        Ports = ports;
        _packed = packed;
        _names = names;
        _ipv6 = otherAddresses.IPv6ToArray();
        _hosts = otherAddresses.HostsToArray();
        _uids = uids;
        _weights = weights;
        _extras = extras;
    }

    /// <summary>The cluster they run in.</summary>
    public ClusterId Cluster { get; }

    /// <summary>The slice's name, unique within (source, cluster, service).</summary>
    public string Slice { get; }

    /// <summary>The ports that each of them has.</summary>
    public ImmutableArray<EndpointPort> Ports { get; }

    /// <summary>How many there are.</summary>
    public int Count => _packed.Length;

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not in 0 … <see cref="Count"/> − 1.</exception>
    public MeshEndpoint this[int index] => new(this, (uint)index < (uint)_packed.Length ? index : throw new ArgumentOutOfRangeException(nameof(index)));

    /// <summary>Whether both hold the same slice of the same cluster with the same ports and the same endpoints in the same order.</summary>
    public bool ContentEquals(EndpointSegment? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Count == other.Count
            && Cluster == other.Cluster
            && Slice == other.Slice
            && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan())
            && SameEndpoints(other));

    /// <summary>A segment with some of these endpoints only.</summary>
    /// <param name="indices">Which, each in 0 … <see cref="Count"/> − 1.</param>
    public EndpointSegment Keep(ReadOnlySpan<int> indices)
    {
        var addresses = new OtherAddresses();
        var packed = Keep(_packed, indices)!;
        for (var i = 0; i < packed.Length; i++)
        {
            packed[i] = packed[i].At(addresses.Add(AddressOf(packed[i])));
        }

        return new EndpointSegment(Cluster, Slice, Ports, packed, _names, addresses, Keep(_uids, indices), Keep(_weights, indices), Keep(_extras, indices));
    }

    /// <summary><c>orders-x7 in alpha, 3 endpoints</c>.</summary>
    public override string ToString() => $"{Slice} in {Cluster}, {Count} endpoints";

    internal EndpointAddress AddressOf(int index) => AddressOf(in _packed[index]);

    internal EndpointConditions ConditionsOf(int index) => _packed[index].Conditions;

    internal string? RegionOf(int index) => Name(_packed[index].Region);

    internal string? ZoneOf(int index) => Name(_packed[index].Zone);

    internal string? NodeOf(int index) => Name(_packed[index].Node);

    internal int WeightOf(int index) => _weights?[index] ?? 1;

    internal Guid? TargetUidOf(int index) => _uids is { } uids && uids[index] != Guid.Empty ? uids[index] : null;

    internal EndpointExtras? ExtrasOf(int index) => _extras?[index];

    private EndpointAddress AddressOf(in PackedEndpoint packed) => packed.Kind switch
    {
        EndpointAddressKind.IPv6 => EndpointAddress.Unpack(_ipv6[packed.Address]),
        EndpointAddressKind.Host => EndpointAddress.Unpack(_hosts[packed.Address]),
        _ => EndpointAddress.FromIPv4(packed.Address),
    };

    private string? Name(ushort index) => index == 0 ? null : _names[index - 1];

    private bool SameEndpoints(EndpointSegment other)
    {
        for (var i = 0; i < _packed.Length; i++)
        {
            if (AddressOf(i) != other.AddressOf(i)
                || ConditionsOf(i) != other.ConditionsOf(i)
                || RegionOf(i) != other.RegionOf(i)
                || ZoneOf(i) != other.ZoneOf(i)
                || NodeOf(i) != other.NodeOf(i)
                || WeightOf(i) != other.WeightOf(i)
                || TargetUidOf(i) != other.TargetUidOf(i)
                || !Equals(ExtrasOf(i), other.ExtrasOf(i)))
            {
                return false;
            }
        }

        return true;
    }

    private static T[]? Keep<T>(T[]? column, ReadOnlySpan<int> indices)
    {
        if (column is null)
        {
            return null;
        }

        var kept = new T[indices.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = column[indices[i]];
        }

        return kept;
    }
}
