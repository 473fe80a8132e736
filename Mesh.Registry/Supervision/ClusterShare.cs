using System.Collections.Concurrent;
using Mesh.Catalog;
using Mesh.State;

namespace Mesh.Supervision;

/// <summary>What one source brought for one cluster. Guarded by its sink's lock.</summary>
internal sealed class ClusterShare(ClusterId cluster, ProblemList problems)
{
    private volatile bool _isStateUnused;

    public ClusterId Cluster { get; } = cluster;

    /// <summary>The cells that hold its contributions, by name.</summary>
    public Dictionary<ServiceName, CatalogCell> Services { get; } = [];

    /// <summary>What was left out of it.</summary>
    public ProblemList Problems { get; } = problems;

    /// <summary>The services that have endpoints outside of its ranges.</summary>
    public HashSet<ServiceName> Outside { get; } = [];

    /// <summary>Why it is not live, as far as the log was told.</summary>
    public ToldReasons Told { get; } = new();

    /// <summary>Whether a state was kept of it that is not used, and it has not been live since.</summary>
    public bool IsStateUnused
    {
        get => _isStateUnused;
        set => _isStateUnused = value;
    }

    /// <summary>Where its state is kept over a restart; <see langword="null"/> where it is not.</summary>
    public KeptCluster? Kept { get; set; }

    /// <summary>What the source has kept with the state. Written by its threads as they go.</summary>
    public ConcurrentDictionary<string, string> Notes { get; } = new(StringComparer.Ordinal);
}
