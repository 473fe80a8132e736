using Mesh.Catalog;
using Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mesh.Supervision;

/// <summary>What is kept of clusters over a restart, for the sources that ask for it.</summary>
internal sealed partial class SourceSink
{
    private volatile object? _restoredFrom;

    /// <summary>Of when the state is that it works from until it has spoken itself.</summary>
    public DateTimeOffset? RestoredFrom => _isSynced ? null : (DateTimeOffset?)_restoredFrom;

    public SavedClusterState? Restore(ClusterSnapshot cluster, string scope)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(scope);

        // A source that is started again finds in the catalog what it brought, which is newer.
        if (core.State is not { } keeper || _shares.ContainsKey(cluster.Cluster))
        {
            return null;
        }

        var load = keeper.Load(source.Name, cluster.Cluster, scope);
        lock (_lock)
        {
            var share = AddShare(cluster.Cluster);
            share.IsStateUnused = load is { } any && (any.State is null || any.Refusal is not null);
            var saved = load is { State: { } state } found ? TakeUp(share, cluster, state, found.Refusal) : null;
            share.Kept = keeper.Keep(source.Name, cluster.Cluster, () => Capture(share, scope));
            return saved;
        }
    }

    public void Remember(ClusterId cluster, string key, string? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_shares.TryGetValue(cluster, out var share) || share.Kept is null)
        {
            return;
        }

        // Not a change: it is written with the next one. A state that is read again from an earlier version costs a list, nothing else.
        if (value is null)
        {
            share.Notes.TryRemove(key, out _);
        }
        else
        {
            share.Notes[key] = value;
        }
    }

    private SavedClusterState TakeUp(ClusterShare share, ClusterSnapshot cluster, KeptState state, string? refusal)
    {
        var shown = refusal is null
            ? cluster with
            {
                Freshness = ClusterFreshness.Stale,
                Since = state.AsOf,
                Detail = "Its state is from before the start of this process; its source has not spoken yet.",
                Uid = state.Uid,
                Version = state.Version,
                OwnNode = state.OwnNode,
            }
            : cluster with { Freshness = ClusterFreshness.Connecting, Since = core.TimeProvider.GetUtcNow(), Detail = refusal };

        // One line tells of it, below.
        share.Told.Add(shown.Detail!);
        core.Clusters.Set(place, shown);
        core.Claims.SetCluster(source.Name, shown);
        if (refusal is not null)
        {
            Log.NotTakenUp(core.Logger, share.Cluster, source.Name, refusal);
            core.Notices.StateChanged();
            return new SavedClusterState(shown, state.AsOf) { Refusal = refusal };
        }

        var room = core.Options.Limits.MaxServicesPerCluster;
        foreach (var service in state.Services)
        {
            Accept(share, service, ref room);
        }

        // A process that ends before its source has spoken keeps them as they are.
        foreach (var (key, value) in state.Notes)
        {
            share.Notes[key] = value;
        }

        _restoredFrom = state.AsOf;
        Log.TakenUp(core.Logger, share.Cluster, source.Name, share.Services.Count, state.AsOf);
        core.SourcesChanged();
        return new SavedClusterState(shown, state.AsOf) { Notes = state.Notes };
    }

    // The lock is held for the copy of the references only. What changes while they are looked at is newer than the rest, and marks the state as changed again.
    private KeptState? Capture(ClusterShare share, string scope)
    {
        if (core.Clusters.Find(place, share.Cluster) is not { Freshness: not ClusterFreshness.Connecting } cluster)
        {
            return null;
        }

        CatalogCell[] cells;
        KeptState state;
        lock (_lock)
        {
            cells = [.. share.Services.Values];
            state = new KeptState(source.Name, share.Cluster, scope, cluster.Freshness == ClusterFreshness.Live ? core.TimeProvider.GetUtcNow() : cluster.Since)
            {
                Uid = cluster.Uid,
                Version = cluster.Version,
                OwnNode = cluster.OwnNode,
                Notes = [.. share.Notes],
            };
        }

        return state with { Services = [.. cells.Select(c => c.ContributionOf(source.Name, share.Cluster)).OfType<ServiceContribution>()] };
    }

    private static partial class Log
    {
        [LoggerMessage(1036, LogLevel.Information, "Cluster {Cluster} (source {Source}): {Services} services are known from the state of {AsOf:u}, kept from before the start, until its source speaks.")]
        public static partial void TakenUp(ILogger logger, ClusterId cluster, string source, int services, DateTimeOffset asOf);

        [LoggerMessage(1037, LogLevel.Warning, "Cluster {Cluster} (source {Source}): {Refusal} Requests wait for the cluster's API server as at a first start.")]
        public static partial void NotTakenUp(ILogger logger, ClusterId cluster, string source, string refusal);
    }
}
