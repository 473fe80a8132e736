using System.Collections.Immutable;

namespace Mesh.Files;

/// <summary>The content of a catalog file. Immutable.</summary>
internal sealed class CatalogFile(ImmutableArray<ClusterSnapshot> clusters, ILookup<ClusterId, ServiceContribution> services, int serviceCount)
{
    public ImmutableArray<ClusterSnapshot> Clusters { get; } = clusters;

    /// <summary>How many services it has, each counted once.</summary>
    public int ServiceCount { get; } = serviceCount;

    /// <summary>The namespaces of its services, each once.</summary>
    public IEnumerable<string> Namespaces => services.SelectMany(static s => s).Select(static s => s.Service.Namespace).Distinct(StringComparer.Ordinal);

    public IReadOnlyCollection<ServiceContribution> ServicesOf(ClusterId cluster) => services[cluster].ToArray();
}
