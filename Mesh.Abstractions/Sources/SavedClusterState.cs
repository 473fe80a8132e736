using System.Collections.Immutable;

namespace Mesh;

/// <summary>What was kept of a cluster from before the process started.</summary>
/// <param name="Cluster">The cluster as the catalog shows it now: stale where the state was taken up, else connecting.</param>
/// <param name="AsOf">When the state was last known to be that of the cluster.</param>
public sealed record SavedClusterState(ClusterSnapshot Cluster, DateTimeOffset AsOf)
{
    /// <summary>Why nothing of it is used, naming what to do; <see langword="null"/> where it was taken up.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the source had remembered with it (<see cref="ICatalogSink.Remember"/>); nothing where it is refused.</summary>
    public ImmutableDictionary<string, string> Notes { get; init; } = ImmutableDictionary<string, string>.Empty;
}
