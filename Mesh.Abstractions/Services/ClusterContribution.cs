namespace Mesh;

/// <summary>One cluster's part of a merged service.</summary>
/// <param name="Source">The name of the source that brought it.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Service">What the source says.</param>
public sealed record ClusterContribution(string Source, ClusterId Cluster, ServiceContribution Service);
