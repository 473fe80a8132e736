using System.Collections.Immutable;

namespace Mesh.Clusters;

/// <summary>What the sources say of clusters. Few and rarely changed, so every change builds the read side anew.</summary>
internal sealed class ClusterDirectory
{
    private readonly Lock _lock = new();
    private ImmutableArray<ClusterEntry> _entries = [];
    private View _view = new([], [], []);
    private long _topologyRevision;

    public IReadOnlyCollection<ClusterSnapshot> All => Volatile.Read(ref _view).All;

    // Not Interlocked.Read: that is a compare-exchange, and every pick of every thread reads this.
    public long TopologyRevision => Volatile.Read(ref _topologyRevision);

    public ClusterSnapshot? Find(ClusterId cluster) => Volatile.Read(ref _view).Best.GetValueOrDefault(cluster);

    public ClusterSnapshot? Find(int source, ClusterId cluster) => Volatile.Read(ref _view).BySource.GetValueOrDefault(new ClusterOfSource(source, cluster));

    /// <summary>Takes a source's word; returns what it said before. Sources are told apart, and ordered, by <paramref name="source"/>.</summary>
    public ClusterSnapshot? Set(int source, ClusterSnapshot cluster)
    {
        lock (_lock)
        {
            var index = IndexOf(source, cluster.Cluster);
            var previous = index < 0 ? null : _entries[index].Cluster;
            if (previous != cluster)
            {
                var entry = new ClusterEntry(source, cluster);
                Publish(index < 0 ? _entries.Add(entry) : _entries.SetItem(index, entry), !SameTopology(previous, cluster));
            }

            return previous;
        }
    }

    public bool Remove(int source, ClusterId cluster)
    {
        lock (_lock)
        {
            var index = IndexOf(source, cluster);
            if (index < 0)
            {
                return false;
            }

            Publish(_entries.RemoveAt(index), true);
            return true;
        }
    }

    private void Publish(ImmutableArray<ClusterEntry> entries, bool topologyChanged)
    {
        var before = _view;
        _entries = entries;
        var best = entries
            .GroupBy(static e => e.Cluster.Cluster)
            .ToDictionary(static g => g.Key, static g => g.OrderBy(static e => Rank(e.Cluster.Freshness)).ThenBy(static e => e.Source).First().Cluster);
        var all = entries.OrderBy(static e => e.Cluster.Cluster).ThenBy(static e => e.Source).Select(static e => e.Cluster).ToImmutableArray();
        Volatile.Write(ref _view, new View(all, best, entries.ToDictionary(static e => new ClusterOfSource(e.Source, e.Cluster.Cluster), static e => e.Cluster)));

        // A change of freshness can hand a cluster's description over to another source.
        if (topologyChanged || best.Any(b => !SameTopology(before.Best.GetValueOrDefault(b.Key), b.Value)))
        {
            Interlocked.Increment(ref _topologyRevision);
        }
    }

    private int IndexOf(int source, ClusterId cluster)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Source == source && _entries[i].Cluster.Cluster == cluster)
            {
                return i;
            }
        }

        return -1;
    }

    private static int Rank(ClusterFreshness freshness) => freshness switch
    {
        ClusterFreshness.Live => 0,
        ClusterFreshness.Stale => 1,
        _ => 2,
    };

    private static bool SameTopology(ClusterSnapshot? left, ClusterSnapshot right) =>
        left is not null && left with { Freshness = right.Freshness, Since = right.Since, Detail = right.Detail, Version = right.Version, RenewalFailure = right.RenewalFailure } == right;

    private sealed record View(
        ImmutableArray<ClusterSnapshot> All,
        Dictionary<ClusterId, ClusterSnapshot> Best,
        Dictionary<ClusterOfSource, ClusterSnapshot> BySource);

    private readonly record struct ClusterOfSource(int Source, ClusterId Cluster);
}
