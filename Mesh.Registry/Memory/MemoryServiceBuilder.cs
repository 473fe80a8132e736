using Mesh.Drafts;

namespace Mesh;

/// <summary>Says the ports and endpoints of one service in one cluster of a <see cref="MemoryCatalogSource"/>.</summary>
public sealed class MemoryServiceBuilder
{
    private readonly ServiceName _service;
    private readonly List<PortDraft> _ports = [];
    private readonly List<EndpointDraft> _endpoints = [];
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
        _ports.Add(new PortDraft(new ServicePort(name, port, TransportProtocol.Tcp, appProtocol), null));
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
        return Endpoint(port, new EndpointDescription(EndpointAddress.Parse(address)) { Zone = zone, Node = node, Region = region, Weight = weight, Conditions = conditions });
    }

    /// <summary>Adds an endpoint described in full.</summary>
    public MemoryServiceBuilder Endpoint(int port, EndpointDescription endpoint)
    {
        if (port is < 1 or > 65535)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"The port of endpoint {endpoint.Address} must be 1 to 65535.");
        }

        _endpoints.Add(new EndpointDraft(endpoint) { Port = port });
        return this;
    }

    /// <summary>Adds an endpoint that listens on a port number of its own for each of the service's ports.</summary>
    /// <param name="ports">What is dialled, by the names of the service's ports; a port left out is dialled at its own number.</param>
    /// <param name="endpoint">The endpoint.</param>
    public MemoryServiceBuilder Endpoint(IReadOnlyDictionary<string, int> ports, EndpointDescription endpoint)
    {
        _endpoints.Add(new EndpointDraft(endpoint) { Ports = ports });
        return this;
    }

    /// <summary>Sets the policy that comes with the service.</summary>
    public MemoryServiceBuilder Policy(ServicePolicy policy)
    {
        _policy = policy;
        return this;
    }

    internal ServiceContribution Build() => ServiceDraft.Build(_service, Cluster, _ports, _endpoints, _policy);
}
