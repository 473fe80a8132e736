using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mesh.State;

/// <summary>Decodes what <see cref="StateEncoder"/> writes. Strings and lists of ports that many services share are made once.</summary>
/// <remarks>It runs once in a process, at its start, many times over: what it does for each service is compiled well from the beginning.</remarks>
internal ref struct StateDecoder(ReadOnlySpan<byte> content)
{
    private StateCursor _at = new(content);
    private ClusterId _cluster;
    private string[] _names = [];
    private ImmutableArray<ServicePort>[] _servicePorts = [];
    private ImmutableArray<EndpointPort>[] _endpointPorts = [];

    public KeptState Read()
    {
        var source = _at.Text();
        _cluster = new ClusterId(_at.Text());
        var state = new KeptState(source, _cluster, _at.Text(), Time())
        {
            Uid = _at.TextOrNone(),
            Version = _at.TextOrNone(),
            OwnNode = _at.Flag() ? new Locality(_cluster, _at.TextOrNone(), _at.TextOrNone(), _at.TextOrNone()) : null,
            Notes = Notes(),
        };
        ReadTables();
        var services = new ServiceContribution[_at.Count(8)];
        for (var i = 0; i < services.Length; i++)
        {
            services[i] = Service();
        }

        return _at.IsAtEnd ? state with { Services = services } : throw new InvalidDataException("something follows its end");
    }

    private DateTimeOffset Time()
    {
        var ticks = _at.Int64();
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : throw new InvalidDataException("a time in it is none");
    }

    private ImmutableDictionary<string, string> Notes()
    {
        var notes = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var left = _at.Count(2); left > 0; left--)
        {
            var key = _at.Text();
            notes[key] = _at.Text();
        }

        return notes.ToImmutable();
    }

    private void ReadTables()
    {
        _names = new string[_at.Count(1)];
        for (var i = 0; i < _names.Length; i++)
        {
            _names[i] = _at.Text();
        }

        _servicePorts = new ImmutableArray<ServicePort>[_at.Count(1)];
        for (var i = 0; i < _servicePorts.Length; i++)
        {
            var list = new ServicePort[_at.Count(4)];
            for (var j = 0; j < list.Length; j++)
            {
                list[j] = new ServicePort(_at.Text(), (int)_at.Number(), (TransportProtocol)_at.Byte(), _at.TextOrNone());
            }

            _servicePorts[i] = ImmutableCollectionsMarshal.AsImmutableArray(list);
        }

        _endpointPorts = new ImmutableArray<EndpointPort>[_at.Count(1)];
        for (var i = 0; i < _endpointPorts.Length; i++)
        {
            var list = new EndpointPort[_at.Count(4)];
            for (var j = 0; j < list.Length; j++)
            {
                list[j] = new EndpointPort(_at.Text(), (int)_at.Number(), (TransportProtocol)_at.Byte(), _at.TextOrNone());
            }

            _endpointPorts[i] = ImmutableCollectionsMarshal.AsImmutableArray(list);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ServiceContribution Service()
    {
        var name = new ServiceName(Of(_names, _at.Number()), _at.Text());
        return new ServiceContribution(name)
        {
            Ports = Of(_servicePorts, _at.Number()),
            ResourceVersion = _at.TextOrNone(),
            Invalid = _at.TextOrNone(),
            IsExported = _at.Flag(),
            ExportedAt = _at.Flag() ? Time() : null,
            ExportObstacle = _at.TextOrNone(),
            Policy = _at.Flag() ? PolicyEncoding.Read(ref _at) : null,
            Segments = Segments(),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ImmutableArray<EndpointSegment> Segments()
    {
        var segments = new EndpointSegment[_at.Count(4)];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = _at.Flag() ? PackedSegment() : Segment();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(segments);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private EndpointSegment PackedSegment()
    {
        var slice = _at.Text();
        var ports = Of(_endpointPorts, _at.Number());
        var count = _at.Count(EndpointColumns.BytesPerEndpoint);
        var packed = _at.Raw((long)count * EndpointColumns.BytesPerEndpoint);
        var names = Names();
        var ipv6 = MemoryMarshal.Cast<byte, UInt128>(_at.Raw(16L * _at.Count(16)));
        var hosts = new string[_at.Count(1)];
        for (var i = 0; i < hosts.Length; i++)
        {
            hosts[i] = _at.Text();
        }

        var uids = _at.Flag() ? MemoryMarshal.Cast<byte, Guid>(_at.Raw(16L * count)) : default;
        return EndpointSegment.FromColumns(_cluster, slice, ports, new EndpointColumns { Packed = packed, Names = names, IPv6 = ipv6, Hosts = hosts, TargetUids = uids });
    }

    private EndpointSegment Segment()
    {
        var slice = _at.Text();
        var ports = Of(_endpointPorts, _at.Number());
        var count = _at.Count(8);
        var builder = new EndpointSegmentBuilder(_cluster, slice, ports, count);
        for (var i = 0; i < count; i++)
        {
            builder.Add(new EndpointDescription(EndpointAddress.Parse(_at.Text()))
            {
                Conditions = (EndpointConditions)_at.Byte(),
                Region = NameOrNone(),
                Zone = NameOrNone(),
                Node = NameOrNone(),
                Weight = (int)_at.Number(),
                TargetUid = _at.Flag() ? MemoryMarshal.Read<Guid>(_at.Raw(16)) : null,
                ZoneHints = ImmutableCollectionsMarshal.AsImmutableArray(Names()),
                NodeHints = ImmutableCollectionsMarshal.AsImmutableArray(Names()),
                Labels = Labels(),
            });
        }

        return builder.Build();
    }

    private ImmutableDictionary<string, string>? Labels()
    {
        var left = _at.Count(2);
        if (left == 0)
        {
            return null;
        }

        var labels = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (; left > 0; left--)
        {
            var key = Of(_names, _at.Number());
            labels[key] = Of(_names, _at.Number());
        }

        return labels.ToImmutable();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private string[] Names()
    {
        var names = new string[_at.Count(1)];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Of(_names, _at.Number());
        }

        return names;
    }

    private string? NameOrNone() => _at.Number() is var number && number > 0 ? Of(_names, number - 1) : null;

    private static T Of<T>(T[] table, long number) => number >= 0 && number < table.Length ? table[number] : throw new InvalidDataException("it names what it does not have");
}
