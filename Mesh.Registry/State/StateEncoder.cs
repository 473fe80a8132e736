using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Mesh.State;

/// <summary>Encodes one state. What many services say alike (names, ports) is written once, in tables of the head, and numbered in the body.</summary>
internal sealed class StateEncoder
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly PortLists<ServicePort> _servicePorts = new();
    private readonly PortLists<EndpointPort> _endpointPorts = new();

    /// <summary>Who and when, and the tables.</summary>
    public StateBuffer Head { get; } = new();

    /// <summary>The services.</summary>
    public StateBuffer Body { get; } = new();

    public void Add(KeptState state)
    {
        Body.Number(state.Services.Count);
        foreach (var service in state.Services)
        {
            Add(service);
        }

        Head.Text(state.Source);
        Head.Text(state.Cluster.Name);
        Head.Text(state.Scope);
        Head.Int64(state.AsOf.UtcTicks);
        Head.TextOrNone(state.Uid);
        Head.TextOrNone(state.Version);
        Head.Flag(state.OwnNode is not null);
        if (state.OwnNode is { } own)
        {
            Head.TextOrNone(own.Region);
            Head.TextOrNone(own.Zone);
            Head.TextOrNone(own.Node);
        }

        Head.Number(state.Notes.Count);
        foreach (var (key, value) in state.Notes)
        {
            Head.Text(key);
            Head.Text(value);
        }

        AddTables();
    }

    private void AddTables()
    {
        // A dictionary that nothing is taken out of keeps its order.
        Head.Number(_names.Count);
        foreach (var name in _names.Keys)
        {
            Head.Text(name);
        }

        Head.Number(_servicePorts.All.Count);
        foreach (var list in _servicePorts.All)
        {
            Head.Number(list.Length);
            foreach (var port in list)
            {
                AddPort(port.Name, port.Port, port.Protocol, port.AppProtocol);
            }
        }

        Head.Number(_endpointPorts.All.Count);
        foreach (var list in _endpointPorts.All)
        {
            Head.Number(list.Length);
            foreach (var port in list)
            {
                AddPort(port.Name, port.Port, port.Protocol, port.AppProtocol);
            }
        }
    }

    private void AddPort(string name, int port, TransportProtocol protocol, string? appProtocol)
    {
        Head.Text(name);
        Head.Number(port);
        Head.Byte((byte)protocol);
        Head.TextOrNone(appProtocol);
    }

    private void Add(ServiceContribution service)
    {
        Body.Number(NumberOf(service.Service.Namespace));
        Body.Text(service.Service.Name);
        Body.Number(_servicePorts.NumberOf(service.Ports));
        Body.TextOrNone(service.ResourceVersion);
        Body.TextOrNone(service.Invalid);
        Body.Flag(service.IsExported);
        Body.Flag(service.ExportedAt is not null);
        if (service.ExportedAt is { } exported)
        {
            Body.Int64(exported.UtcTicks);
        }

        Body.TextOrNone(service.ExportObstacle);
        Body.Flag(service.Policy is not null);
        if (service.Policy is { } policy)
        {
            PolicyEncoding.Write(Body, policy);
        }

        Body.Number(service.Segments.Length);
        foreach (var segment in service.Segments)
        {
            Add(segment);
        }
    }

    private void Add(EndpointSegment segment)
    {
        var isPacked = segment.TryGetColumns(out var columns);
        Body.Flag(isPacked);
        Body.Text(segment.Slice);
        Body.Number(_endpointPorts.NumberOf(segment.Ports));
        Body.Number(segment.Count);
        if (!isPacked)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                Add(segment[i]);
            }

            return;
        }

        Body.Raw(columns.Packed);
        AddNames(columns.Names);
        Body.Number(columns.IPv6.Length);
        Body.Raw(MemoryMarshal.AsBytes(columns.IPv6));
        Body.Number(columns.Hosts.Length);
        foreach (var host in columns.Hosts)
        {
            Body.Text(host);
        }

        Body.Flag(!columns.TargetUids.IsEmpty);
        Body.Raw(MemoryMarshal.AsBytes(columns.TargetUids));
    }

    private void Add(in MeshEndpoint endpoint)
    {
        var place = endpoint.Locality;
        Body.Text(endpoint.Address.ToString());
        Body.Byte((byte)endpoint.Conditions);
        AddName(place.Region);
        AddName(place.Zone);
        AddName(place.Node);
        Body.Number(endpoint.Weight);
        Body.Flag(endpoint.TargetUid is not null);
        if (endpoint.TargetUid is { } uid)
        {
            Body.Raw(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in uid)));
        }

        AddNames(endpoint.ZoneHints.AsSpan());
        AddNames(endpoint.NodeHints.AsSpan());
        Body.Number(endpoint.Labels.Count);
        foreach (var (key, value) in endpoint.Labels)
        {
            Body.Number(NumberOf(key));
            Body.Number(NumberOf(value));
        }
    }

    private void AddNames(ReadOnlySpan<string> names)
    {
        Body.Number(names.Length);
        foreach (var name in names)
        {
            Body.Number(NumberOf(name));
        }
    }

    // 0 = none.
    private void AddName(string? name) => Body.Number(name is null ? 0 : NumberOf(name) + 1);

    private int NumberOf(string name)
    {
        if (!_names.TryGetValue(name, out var number))
        {
            _names.Add(name, number = _names.Count);
        }

        return number;
    }

    /// <summary>The distinct lists of ports, numbered: nearly all services of a cluster have one of a few.</summary>
    private sealed class PortLists<T>
        where T : notnull
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public List<ImmutableArray<T>> All { get; } = [];

        public int NumberOf(ImmutableArray<T> ports)
        {
            // A record's text says all that it holds.
            var key = string.Join('\n', ports);
            if (!_numbers.TryGetValue(key, out var number))
            {
                _numbers.Add(key, number = All.Count);
                All.Add(ports);
            }

            return number;
        }
    }
}
