namespace Mesh.Tables;

/// <summary>A cluster that has endpoints of a service, of which the caller can dial none.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Advice">Why, and what to do.</param>
internal sealed record ClusterOutOfReach(ClusterId Cluster, string Advice);
