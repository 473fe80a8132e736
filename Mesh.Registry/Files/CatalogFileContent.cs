namespace Mesh.Files;

/// <summary>What a good catalog file says.</summary>
internal sealed record CatalogFileContent(
    IReadOnlyDictionary<ClusterId, ClusterSnapshot> Clusters,
    IReadOnlyDictionary<ClusterId, IReadOnlyCollection<ServiceContribution>> Services);
