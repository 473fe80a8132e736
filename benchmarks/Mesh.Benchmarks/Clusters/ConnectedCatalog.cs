using Mesh.Connection;
using Mesh.Connector;
using Mesh.Watch;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.Clusters;

/// <summary>A catalog with the connector of one cluster, as an application gets it.</summary>
internal static class ConnectedCatalog
{
    /// <param name="kubeconfigPath">Where the cluster is.</param>
    /// <param name="seed">Of its pauses.</param>
    public static MeshCatalog Create(string kubeconfigPath, int seed = 1)
    {
        var options = new KubernetesClusterOptions { KubeconfigPath = kubeconfigPath };
        var context = new ConnectorContext(
            "kubernetes/alpha", new ClusterId("alpha"), null, options, WatchTimings.Default, new KubernetesMetrics(), TimeProvider.System, new Random(seed));
        var source = new KubernetesCatalogSource(context, new ConfiguredConnection(options, TimeProvider.System), new ClusterClaims(), NullLogger.Instance);
        return new MeshCatalog([source], new MeshCatalogOptions { Seed = seed }, TimeProvider.System, NullLoggerFactory.Instance);
    }
}
