using System.Collections.Immutable;

namespace Mesh.Files;

/// <summary>Reads one endpoint of a catalog file.</summary>
internal static class FileEndpointReader
{
    public static (ClusterId Cluster, ImmutableArray<EndpointPort> Ports, EndpointDescription Endpoint)? Read(
        string service, int index, FileEndpoint written, ImmutableArray<ServicePort> ports, IReadOnlyDictionary<ClusterId, ClusterSnapshot> clusters, FileErrors errors)
    {
        errors.AddUnknown(written.Unknown, CatalogFileJson.Default.FileEndpoint, "services", service, "endpoints", index);
        if (!EndpointAddress.TryParse(written.Address, out var address))
        {
            errors.Add($"'{DnsLabel.Printable(written.Address)}' is neither an IP address nor a DNS name.", "services", service, "endpoints", index, "address");
            return null;
        }

        var cluster = written.Cluster ?? CatalogFileReader.DefaultCluster;
        if (written.Cluster is not null && (!DnsLabel.IsValid(cluster) || !clusters.ContainsKey(new ClusterId(cluster))))
        {
            errors.Add($"'{DnsLabel.Printable(cluster)}' does not stand under 'clusters'; add it there.", "services", service, "endpoints", index, "cluster");
            return null;
        }

        if (written.Weight is < 0 or > EndpointSegmentBuilder.MaxWeight)
        {
            errors.Add($"is {written.Weight}; use 0 to {EndpointSegmentBuilder.MaxWeight}.", "services", service, "endpoints", index, "weight");
            return null;
        }

        var id = new ClusterId(cluster);
        var place = clusters.GetValueOrDefault(id);
        var serving = written.Serving ?? true;
        return (id, ReadPorts(service, index, written, ports, errors), new EndpointDescription(address)
        {
            Region = written.Region ?? place?.Region,
            Zone = written.Zone ?? place?.Zone,
            Node = written.Node,
            Weight = written.Weight ?? 1,
            Conditions = (written.Ready ?? true ? EndpointConditions.Ready : 0)
                | (serving ? EndpointConditions.Serving : 0)
                | (written.Terminating ?? false ? EndpointConditions.Terminating : 0),
            Labels = written.Labels?.ToImmutableDictionary(StringComparer.Ordinal),
        });
    }

    private static ImmutableArray<EndpointPort> ReadPorts(string service, int index, FileEndpoint written, ImmutableArray<ServicePort> ports, FileErrors errors)
    {
        foreach (var (name, number) in written.Ports ?? [])
        {
            if (!ports.Any(p => p.Name == name))
            {
                errors.Add($"the service has no port of this name; it has {string.Join(", ", ports.Select(static p => $"'{p.Name}'"))}.", "services", service, "endpoints", index, "ports", name);
            }

            if (number is < 1 or > 65535)
            {
                errors.Add($"is {number}; use 1 to 65535.", "services", service, "endpoints", index, "ports", name);
            }
        }

        if (written.Port is < 1 or > 65535)
        {
            errors.Add($"is {written.Port}; use 1 to 65535.", "services", service, "endpoints", index, "port");
        }

        return [.. ports.Select(p => new EndpointPort(p.Name, written.Ports?.GetValueOrDefault(p.Name) is { } own and > 0 ? own : written.Port ?? p.Port, p.Protocol, p.AppProtocol))];
    }
}
