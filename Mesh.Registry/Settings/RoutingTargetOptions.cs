namespace Mesh;

/// <summary>A cluster named by a policy.</summary>
public sealed class RoutingTargetOptions
{
    /// <summary>The cluster, a DNS label. Required.</summary>
    public string? Cluster { get; set; }

    /// <summary>Its weight beside the others. Default: 100; 0 to 1,000,000.</summary>
    public int Weight { get; set; } = 100;
}
