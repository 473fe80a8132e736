using System.Collections.Immutable;
using System.Text.Json;
using Mesh.Settings;

namespace Mesh.Files;

/// <summary>Reads a catalog file: all errors at once, nothing half.</summary>
internal static class CatalogFileReader
{
    /// <summary>The cluster of endpoints that name none.</summary>
    public const string DefaultCluster = "file";

    public static CatalogFileContent Read(string file, ReadOnlyMemory<byte> json, DateTimeOffset now)
    {
        CatalogFile? written;
        try
        {
            written = JsonSerializer.Deserialize(json.Span, CatalogFileJson.Default.CatalogFile);
        }
        catch (JsonException e)
        {
            throw new CatalogFileException($"{file}, line {e.LineNumber + 1}, {e.Path}: {e.Message.Split(" Path:")[0]}", e);
        }

        var errors = new FileErrors(file, json);
        if (written is null)
        {
            errors.Add("is null; write an object with 'services'.");
        }

        errors.AddUnknown(written?.Unknown, CatalogFileJson.Default.CatalogFile);
        var clusters = ReadClusters(written?.Clusters ?? [], now, errors);
        var services = new Dictionary<ClusterId, List<ServiceContribution>>();
        foreach (var (name, service) in written?.Services ?? [])
        {
            foreach (var (cluster, contribution) in FileServiceReader.Read(name, service, clusters, errors))
            {
                clusters.TryAdd(cluster, new ClusterSnapshot(cluster) { IsDirect = true, Freshness = ClusterFreshness.Live, Since = now });
                if (!services.TryGetValue(cluster, out var list))
                {
                    services[cluster] = list = [];
                }

                list.Add(contribution);
            }
        }

        errors.ThrowIfAny();
        return new CatalogFileContent(
            clusters,
            services.ToDictionary(static s => s.Key, static s => (IReadOnlyCollection<ServiceContribution>)s.Value));
    }

    private static Dictionary<ClusterId, ClusterSnapshot> ReadClusters(Dictionary<string, FileCluster> written, DateTimeOffset now, FileErrors errors)
    {
        var clusters = new Dictionary<ClusterId, ClusterSnapshot>();
        foreach (var (name, cluster) in written)
        {
            if (!DnsLabel.IsValid(name))
            {
                errors.Add("is not a cluster's name: use 1 to 63 of a-z, 0-9 and '-'.", "clusters", name);
                continue;
            }

            errors.AddUnknown(cluster.Unknown, CatalogFileJson.Default.FileCluster, "clusters", name);
            var id = new ClusterId(name);
            clusters[id] = new ClusterSnapshot(id)
            {
                Region = cluster.Region,
                Zone = cluster.Zone,
                Network = cluster.Network,
                // What the operator writes into a file may be dialled from anywhere, unless a network is named.
                IsDirect = cluster.Network is null,
                Freshness = ClusterFreshness.Live,
                Since = now,
            };
        }

        return clusters;
    }
}
