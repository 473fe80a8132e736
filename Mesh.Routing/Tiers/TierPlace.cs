namespace Mesh.Tiers;

/// <summary>The tier that an endpoint belongs to. Lower levels come first, then lower ranks, equal ones by cluster name.</summary>
/// <param name="Rank">Its place among the tiers of its level.</param>
/// <param name="Kind">What its endpoints have in common.</param>
/// <param name="Cluster">The cluster, where it is one.</param>
internal readonly record struct TierPlace(int Rank, TierKind Kind, ClusterId Cluster) : IComparable<TierPlace>
{
    private const int SpareLevel = 1_000_000;

    /// <summary>Levels are used one after another, in ascending order.</summary>
    public int Level { get; init; }

    /// <summary>The weight by which the clusters of its level share, 0 for a spare; <see langword="null"/> where each tier of the level comes after the one before.</summary>
    public int? Weight { get; init; }

    /// <summary>Whether it gets nothing while anybody of another weight than 0 lives.</summary>
    public bool IsSpare => Weight == 0;

    /// <summary>Whether it is a part of the caller's own cluster.</summary>
    public bool IsOwn => Kind is TierKind.SameNode or TierKind.SameZone or TierKind.SameCluster;

    public string Name => Kind.ToName(Cluster);

    /// <summary>The place of a cluster that shares with others of its priority by weight. Spares come after all others, in the order of theirs.</summary>
    public TierPlace Sharing(int priority, int weight) => this with { Level = weight == 0 ? SpareLevel + priority : priority, Weight = weight };

    public int CompareTo(TierPlace other)
    {
        var byLevel = Level.CompareTo(other.Level);
        var byRank = byLevel != 0 ? byLevel : Rank.CompareTo(other.Rank);
        return byRank != 0 ? byRank : Cluster.CompareTo(other.Cluster);
    }
}
