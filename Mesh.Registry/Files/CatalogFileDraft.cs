using Mesh.Drafts;

namespace Mesh.Files;

/// <summary>A catalog file while it is read; <see cref="Build"/> checks what only the whole can tell.</summary>
internal sealed class CatalogFileDraft
{
    public Dictionary<string, ClusterDraft> Clusters { get; } = new(StringComparer.Ordinal);

    public List<FileService> Services { get; } = [];

    public CatalogFile Build(JsonText text, DateTimeOffset now)
    {
        // A file that names no cluster has one.
        if (Clusters.Count == 0)
        {
            Clusters[CatalogFileParser.DefaultCluster] = new ClusterDraft();
        }

        CheckRanges(text);
        List<(ClusterId Cluster, ServiceContribution Service)> contributions = [];
        foreach (var service in Services)
        {
            var ports = service.Ports.ConvertAll(static p => p.ToDraft());
            foreach (var (name, endpoints) in ByCluster(text, service, ports))
            {
                var cluster = new ClusterId(name);
                contributions.Add((cluster, ServiceDraft.Build(service.Name, cluster, ports, endpoints, service.Policy)));
            }
        }

        return new CatalogFile(
            [.. Clusters.Select(c => c.Value.Build(c.Key, now))],
            contributions.ToLookup(static c => c.Cluster, static c => c.Service),
            Services.Count);
    }

    // Whoever dials a pod of one would reach a pod of the other.
    private void CheckRanges(JsonText text)
    {
        var known = new List<(string Name, ClusterDraft Cluster)>();
        foreach (var (name, cluster) in Clusters.Where(static c => c.Value is { Network: not null, PodCidrs: not null }))
        {
            foreach (var (otherName, other) in known.Where(k => k.Cluster.Network == cluster.Network))
            {
                if (cluster.PodCidrs!.OverlapWith(other.PodCidrs!) is { } overlap)
                {
                    text.Error(cluster.PodCidrsPlace, $"{overlap.Own} of cluster '{name}' overlaps {overlap.Other} of cluster '{otherName}', and both are in network '{DnsLabel.Printable(cluster.Network)}'; correct one, or give them different networks");
                }
            }

            known.Add((name, cluster));
        }
    }

    private Dictionary<string, List<EndpointDraft>> ByCluster(JsonText text, FileService service, List<PortDraft> ports)
    {
        Dictionary<string, List<EndpointDraft>> clusters = new(StringComparer.Ordinal);

        // A service without endpoints exists all the same: there is somebody to say that it has none.
        if (service.Endpoints.Count == 0)
        {
            clusters[Clusters.Keys.Order(StringComparer.Ordinal).First()] = [];
        }

        foreach (var endpoint in service.Endpoints)
        {
            if (ClusterOf(text, endpoint) is not { } name || endpoint.Address.Kind == EndpointAddressKind.None)
            {
                continue;
            }

            var draft = endpoint.ToDraft(Clusters[name]);
            if (endpoint is { AddressPort: not null, Port: not null })
            {
                text.Error(endpoint.Place, "has a port in its address and one in 'port'; write one of them");
            }
            else if (ServiceDraft.Check(ports, draft) is { } error)
            {
                text.Error(endpoint.Place, error);
            }
            else
            {
                (clusters.TryGetValue(name, out var list) ? list : clusters[name] = []).Add(draft);
            }
        }

        return clusters;
    }

    private string? ClusterOf(JsonText text, FileEndpoint endpoint)
    {
        if (endpoint.Cluster is null)
        {
            if (Clusters.Count == 1)
            {
                return Clusters.Keys.First();
            }

            text.Error(endpoint.Place, $"says no 'cluster', and the file has several ({string.Join(", ", Clusters.Keys.Order(StringComparer.Ordinal))}); say which");
            return null;
        }

        if (Clusters.ContainsKey(endpoint.Cluster))
        {
            return endpoint.Cluster;
        }

        text.Error(endpoint.ClusterPlace, NearestName.Find(endpoint.Cluster, Clusters.Keys) is { } nearest
            ? $"'{DnsLabel.Printable(endpoint.Cluster)}' is not among 'clusters'; '{nearest}' is probably meant"
            : $"'{DnsLabel.Printable(endpoint.Cluster)}' is not among 'clusters'; describe it there");
        return null;
    }
}
