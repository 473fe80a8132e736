using System.Collections.Immutable;

namespace Mesh.Drafts;

/// <summary>A service as written by a person, in code or in a file: ports once, endpoints that may differ from them. Makes packed contributions.</summary>
internal static class ServiceDraft
{
    /// <summary>What a service that names no port has.</summary>
    public static readonly ServicePort DefaultPort = new("", 80);

    /// <summary>What is wrong with the endpoint's ports; <see langword="null"/> where nothing is.</summary>
    public static string? Check(IReadOnlyList<PortDraft> ports, EndpointDraft endpoint)
    {
        if (endpoint is { Port: not null, Ports: not null })
        {
            return "has a port number for every port and 'ports' too; write one of them";
        }

        foreach (var name in endpoint.Ports?.Keys ?? [])
        {
            if (!ports.Any(p => p.Port.Name == name))
            {
                return $"has a port '{DnsLabel.Printable(name)}', which the service does not have (it has {string.Join(", ", ports.Select(static p => $"'{p.Port.Name}'"))})";
            }
        }

        return null;
    }

    /// <summary>The contribution: endpoints with the same ports share a segment.</summary>
    public static ServiceContribution Build(
        ServiceName service,
        ClusterId cluster,
        IReadOnlyList<PortDraft> ports,
        IEnumerable<EndpointDraft> endpoints,
        ServicePolicy? policy)
    {
        List<EndpointSegmentBuilder> segments = [];
        List<ImmutableArray<EndpointPort>> groups = [];
        foreach (var endpoint in endpoints)
        {
            var own = PortsOf(ports, endpoint);
            var group = groups.FindIndex(g => g.AsSpan().SequenceEqual(own.AsSpan()));
            if (group < 0)
            {
                group = groups.Count;
                groups.Add(own);
                segments.Add(new EndpointSegmentBuilder(cluster, $"ports-{group}", own));
            }

            segments[group].Add(endpoint.Description);
        }

        return new ServiceContribution(service)
        {
            Ports = ports.Count == 0 ? [DefaultPort] : [.. ports.Select(static p => p.Port)],
            Segments = [.. segments.Select(static s => s.Build())],
            Policy = policy,
        };
    }

    private static ImmutableArray<EndpointPort> PortsOf(IReadOnlyList<PortDraft> ports, EndpointDraft endpoint) =>
        ports.Count == 0
            ? [new EndpointPort("", endpoint.Port ?? DefaultPort.Port)]
            : [.. ports.Select(port => new EndpointPort(
                port.Port.Name,
                endpoint.Port ?? (endpoint.Ports is { } own && own.TryGetValue(port.Port.Name, out var number) ? number : port.TargetPort ?? port.Port.Port),
                port.Port.Protocol,
                port.Port.AppProtocol))];
}
