using Mesh.Catalog;

namespace Mesh.Supervision;

/// <summary>What one source brought for one cluster. Guarded by its sink's lock.</summary>
internal sealed class ClusterShare(ClusterId cluster, ProblemList problems)
{
    public ClusterId Cluster { get; } = cluster;

    /// <summary>The cells that hold its contributions, by name.</summary>
    public Dictionary<ServiceName, CatalogCell> Services { get; } = [];

    /// <summary>What was left out of it.</summary>
    public ProblemList Problems { get; } = problems;

    /// <summary>Why it is not live, as far as the log was told.</summary>
    public ToldReasons Told { get; } = new();
}
