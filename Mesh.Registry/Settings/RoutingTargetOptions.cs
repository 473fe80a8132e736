namespace Mesh;

/// <summary>A cluster named by a policy.</summary>
public sealed class RoutingTargetOptions
{
    /// <summary>The cluster, a DNS label. Required.</summary>
    public string? Cluster { get; set; }

    /// <summary>Its weight beside the others. Default: 100; 0 to 1,000,000.</summary>
    public int Weight { get; set; } = 100;

    /// <summary>Lower ones come first, equal ones share by weight; 0 to 1,000. Default: not said, which in <see cref="RoutingMode.Failover"/> is the place in the list, from 1, and in <see cref="RoutingMode.ActiveActive"/> 0.</summary>
    public int? Priority { get; set; }
}
