namespace Mesh.Tiers;

/// <summary>Where the caller is, with what its own cluster says filled in.</summary>
internal sealed record CallerPlace(Locality Locality)
{
    public bool IsOwnCluster(in Locality other) => !Locality.Cluster.IsNone && other.Cluster == Locality.Cluster;

    public bool IsSameNode(in Locality other) => IsOwnCluster(other) && Locality.Node is { } node && node == other.Node;

    public bool IsSameRegion(in Locality other) => Locality.Region is { } region && region == other.Region;

    /// <summary>The same zone name in the same region; where neither says its region, the zone's name alone counts inside one cluster.</summary>
    public bool IsSameZone(in Locality other) =>
        Locality.Zone is { } zone && zone == other.Zone && (IsSameRegion(other) || (IsOwnCluster(other) && (Locality.Region is null || other.Region is null)));

    /// <summary>Node, zone or cluster tier of an endpoint in the own cluster.</summary>
    public TierKind InOwnCluster(in Locality other) =>
        IsSameNode(other) ? TierKind.SameNode : IsSameZone(other) ? TierKind.SameZone : TierKind.SameCluster;
}
