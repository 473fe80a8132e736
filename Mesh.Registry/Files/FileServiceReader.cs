using System.Collections.Immutable;
using Mesh.Settings;

namespace Mesh.Files;

/// <summary>Reads one service of a catalog file into a contribution per cluster.</summary>
internal static class FileServiceReader
{
    public static IEnumerable<(ClusterId Cluster, ServiceContribution Service)> Read(
        string name, FileService written, IReadOnlyDictionary<ClusterId, ClusterSnapshot> clusters, FileErrors errors)
    {
        if (!ServiceName.TryParse(name, out var service))
        {
            errors.Add("is not a service: write name.namespace, two DNS labels with a dot between.", "services", name);
            return [];
        }

        errors.AddUnknown(written.Unknown, CatalogFileJson.Default.FileService, "services", name);
        var policyErrors = new SettingErrors("policy");
        ServicePolicyValidator.Check(policyErrors, written.Policy ?? new());
        foreach (var message in policyErrors.Messages)
        {
            errors.Add(message, "services", name, "policy");
        }

        var ports = ReadPorts(name, written.Ports, errors);
        var endpoints = new List<(ClusterId Cluster, ImmutableArray<EndpointPort> Ports, EndpointDescription Endpoint)>();
        for (var i = 0; i < (written.Endpoints?.Count ?? 0); i++)
        {
            if (FileEndpointReader.Read(name, i, written.Endpoints![i], ports, clusters, errors) is { } endpoint)
            {
                endpoints.Add(endpoint);
            }
        }

        var policy = policyErrors.Messages.Count == 0 ? written.Policy?.ToPolicy() : null;
        var byCluster = endpoints.GroupBy(static e => e.Cluster).Select(cluster => (cluster.Key, new ServiceContribution(service)
        {
            Ports = ports,
            Policy = policy,
            Segments = [.. cluster.GroupBy(static e => string.Join(',', e.Ports.Select(static p => p.Port))).Select(group => Pack(cluster.Key, group.Key, group))],
        })).ToList();

        // A service without endpoints is known all the same: its requests fail with a reason instead of leaving the mesh.
        return byCluster.Count > 0 ? byCluster : [(new ClusterId(CatalogFileReader.DefaultCluster), new ServiceContribution(service) { Ports = ports, Policy = policy })];
    }

    private static EndpointSegment Pack(
        ClusterId cluster, string portNumbers, IEnumerable<(ClusterId Cluster, ImmutableArray<EndpointPort> Ports, EndpointDescription Endpoint)> endpoints)
    {
        EndpointSegmentBuilder? builder = null;
        foreach (var (_, ports, endpoint) in endpoints)
        {
            builder ??= new EndpointSegmentBuilder(cluster, $"ports-{portNumbers}", ports);
            builder.Add(endpoint);
        }

        return builder!.Build();
    }

    private static ImmutableArray<ServicePort> ReadPorts(string service, List<FilePort>? written, FileErrors errors)
    {
        if (written is not { Count: > 0 })
        {
            return [new ServicePort("", 80)];
        }

        var ports = ImmutableArray.CreateBuilder<ServicePort>();
        for (var i = 0; i < written.Count; i++)
        {
            var port = written[i];
            errors.AddUnknown(port.Unknown, CatalogFileJson.Default.FilePort, "services", service, "ports", i);
            if (port.Port is not (>= 1 and <= 65535))
            {
                errors.Add($"is {port.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not set"}; use 1 to 65535.", "services", service, "ports", i, "port");
                continue;
            }

            if (ports.Any(p => p.Name == (port.Name ?? "")))
            {
                errors.Add($"a second port is named '{DnsLabel.Printable(port.Name ?? "")}'; give each a name of its own.", "services", service, "ports", i, "name");
                continue;
            }

            ports.Add(new ServicePort(port.Name ?? "", port.Port.Value, TransportProtocol.Tcp, port.AppProtocol));
        }

        return ports.DrainToImmutable();
    }
}
