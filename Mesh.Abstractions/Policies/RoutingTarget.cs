namespace Mesh;

/// <summary>A cluster named by a policy.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Weight">Its weight beside the others, 0 to 1,000,000. Default 100.</param>
/// <param name="Priority">
/// Lower ones come first, equal ones share by weight; 0 to 1,000. Default: not said, which in <see cref="RoutingMode.Failover"/> is the place in the list, from 1 (the own cluster is 0), and in
/// <see cref="RoutingMode.ActiveActive"/> 0.
/// </param>
public sealed record RoutingTarget(ClusterId Cluster, int Weight = 100, int? Priority = null);
