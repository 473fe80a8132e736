using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    private EndpointSegment(ClusterId cluster, string slice, ImmutableArray<EndpointPort> ports, in EndpointColumns columns)
    {
        Cluster = cluster;
        Slice = slice;
        Ports = ports;
        _packed = MemoryMarshal.Cast<byte, PackedEndpoint>(columns.Packed).ToArray();
        _names = columns.Names.ToArray();
        _ipv6 = columns.IPv6.ToArray();
        _hosts = columns.Hosts.ToArray();
        _uids = columns.TargetUids.IsEmpty ? null : columns.TargetUids.ToArray();
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

    /// <summary>Makes a segment of the columns of an earlier one, as they are: its endpoints were checked when that one was built.</summary>
    /// <param name="cluster">The cluster they run in.</param>
    /// <param name="slice">The slice's name.</param>
    /// <param name="ports">The ports that each of them has.</param>
    /// <param name="columns">From <see cref="TryGetColumns"/>, by way of a file of the same <see cref="EndpointColumns.Layout"/>; copied.</param>
    /// <exception cref="ArgumentException">The columns do not fit each other.</exception>
    public static EndpointSegment FromColumns(ClusterId cluster, string slice, ImmutableArray<EndpointPort> ports, in EndpointColumns columns)
    {
        ArgumentNullException.ThrowIfNull(slice);
        var segment = new EndpointSegment(cluster, slice, ports.IsDefault ? [] : ports, columns);
        return segment._packed.Length * EndpointColumns.BytesPerEndpoint == columns.Packed.Length && segment.Fits()
            ? segment
            : throw new ArgumentException($"The columns of slice '{DnsLabel.Printable(slice)}' do not fit each other.", nameof(columns));
    }

    /// <summary>What it is packed in; <see langword="false"/> where an endpoint has more than fits there (a weight, hints, labels).</summary>
    public bool TryGetColumns(out EndpointColumns columns)
    {
        columns = new EndpointColumns { Packed = MemoryMarshal.AsBytes(_packed.AsSpan()), Names = _names, IPv6 = _ipv6, Hosts = _hosts, TargetUids = _uids };
        return _weights is null && _extras is null;
    }

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

    // No later look at an endpoint may leave the tables. Runs once for each segment of a state that a starting process reads, when nothing is compiled well yet.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Fits()
    {
        if (_uids is not null && _uids.Length != _packed.Length)
        {
            return false;
        }

        foreach (ref readonly var endpoint in _packed.AsSpan())
        {
            var addresses = endpoint.Kind switch
            {
                EndpointAddressKind.IPv4 => (long)uint.MaxValue + 1,
                EndpointAddressKind.IPv6 => _ipv6.Length,
                EndpointAddressKind.Host => _hosts.Length,
                _ => 0,
            };
            if (endpoint.Address >= addresses || endpoint.Region > _names.Length || endpoint.Zone > _names.Length || endpoint.Node > _names.Length)
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
