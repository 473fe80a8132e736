namespace Mesh.Tiers;

/// <summary>The tier that an endpoint belongs to. Lower ranks come first, equal ones by cluster name.</summary>
internal readonly record struct TierPlace(int Rank, TierKind Kind, ClusterId Cluster) : IComparable<TierPlace>
{
    public string Name => Kind.ToName(Cluster);

    public int CompareTo(TierPlace other)
    {
        var byRank = Rank.CompareTo(other.Rank);
        return byRank != 0 ? byRank : Cluster.CompareTo(other.Cluster);
    }
}
