namespace Mesh;

/// <summary>A cluster named by a policy.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Weight">Its weight beside the others, 0 to 1,000,000. Default 100.</param>
public sealed record RoutingTarget(ClusterId Cluster, int Weight = 100);
