using System.Text;
using Mesh.Routes;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>Says how the clusters are, for the end of a message.</summary>
internal static class ClusterWriter
{
    public static string Describe(RouterContext context, TableLayout layout)
    {
        var now = context.Clock.Provider.GetUtcNow();
        var catalog = context.Catalog;
        var text = new StringBuilder("Clusters: ");
        var count = 0;
        foreach (var cluster in catalog.Clusters.Select(static c => c.Cluster).Distinct().Order().Select(catalog.FindCluster).OfType<ClusterSnapshot>())
        {
            text.Append(count++ == 0 ? "" : ", ").Append(Phrases.Of(cluster, now, IsSynced(catalog, cluster)));
        }

        text.Append(count == 0 ? "none is known." : ".");
        if (layout.Tiers.Length != 0)
        {
            foreach (var (cluster, advice) in layout.OutOfReach)
            {
                text.Append(" Cluster ").Append(cluster).Append(" was left out: ").Append(advice).Append('.');
            }
        }

        return text.ToString();
    }

    /// <summary>Whether the first state of a cluster has come that is not yet live.</summary>
    public static bool IsSynced(IMeshCatalog catalog, ClusterSnapshot cluster) =>
        cluster.Freshness == ClusterFreshness.Connecting && catalog.Sources.Any(s => s.IsSynced && catalog.FindCluster(cluster.Cluster, s.Name) == cluster);
}
