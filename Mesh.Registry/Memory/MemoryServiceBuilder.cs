using System.Collections.Immutable;

namespace Mesh;

/// <summary>Says the ports and endpoints of one service in one cluster of a <see cref="MemoryCatalogSource"/>.</summary>
public sealed class MemoryServiceBuilder
{
    private readonly ServiceName _service;
    private readonly List<ServicePort> _ports = [];
    private readonly List<(int Port, EndpointDescription Endpoint)> _endpoints = [];
    private ServicePolicy? _policy;

    internal MemoryServiceBuilder(ServiceName service, ClusterId cluster)
    {
        _service = service;
        Cluster = cluster;
    }

    internal ClusterId Cluster { get; }

    /// <summary>Adds a port that callers may use. Without any there is one, 80, unnamed.</summary>
    public MemoryServiceBuilder Port(int port, string name = "", string? appProtocol = null)
    {
        _ports.Add(new ServicePort(name, port, TransportProtocol.Tcp, appProtocol));
        return this;
    }

    /// <summary>Adds an endpoint that listens on one port number for every port of the service.</summary>
    /// <param name="address">An IP address or a DNS name.</param>
    /// <param name="port">What is dialled, 1 to 65535.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="node">Its node.</param>
    /// <param name="region">Its region.</param>
    /// <param name="weight">Its share of load beside others.</param>
    /// <param name="conditions">What is said of its health.</param>
    /// <exception cref="FormatException"><paramref name="address"/> is neither an IP address nor a DNS name.</exception>
    public MemoryServiceBuilder Endpoint(
        string address,
        int port,
        string? zone = null,
        string? node = null,
        string? region = null,
        int weight = 1,
        EndpointConditions conditions = EndpointConditions.Ready | EndpointConditions.Serving)
    {
        if (!EndpointAddress.TryParse(address, out var parsed))
        {
            throw new FormatException($"'{DnsLabel.Printable(address)}' is neither an IP address nor a DNS name.");
        }

        return Endpoint(port, new EndpointDescription(parsed) { Zone = zone, Node = node, Region = region, Weight = weight, Conditions = conditions });
    }

    /// <summary>Adds an endpoint described in full.</summary>
    public MemoryServiceBuilder Endpoint(int port, EndpointDescription endpoint)
    {
        _endpoints.Add((port, endpoint));
        return this;
    }

    /// <summary>Sets the policy that comes with the service.</summary>
    public MemoryServiceBuilder Policy(ServicePolicy policy)
    {
        _policy = policy;
        return this;
    }

    internal ServiceContribution Build()
    {
        ImmutableArray<ServicePort> ports = _ports.Count == 0 ? [new ServicePort("", 80)] : [.. _ports];

        // Endpoints of one segment share their ports, so a segment per port number.
        var segments = _endpoints.GroupBy(static e => e.Port).Select(group =>
        {
            var builder = new EndpointSegmentBuilder(Cluster, $"port-{group.Key}", [.. ports.Select(p => new EndpointPort(p.Name, group.Key, p.Protocol, p.AppProtocol))]);
            foreach (var (_, endpoint) in group)
            {
                builder.Add(endpoint);
            }

            return builder.Build();
        });
        return new ServiceContribution(_service) { Ports = ports, Segments = [.. segments], Policy = _policy };
    }
}
