namespace Mesh.Clusters;

/// <summary>What one source says of one cluster.</summary>
/// <param name="Source">The source's place among the catalog's sources.</param>
/// <param name="Cluster">Its word.</param>
internal readonly record struct ClusterEntry(int Source, ClusterSnapshot Cluster);
