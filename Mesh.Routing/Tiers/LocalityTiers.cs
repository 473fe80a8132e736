namespace Mesh.Tiers;

/// <summary>
/// Nearest first: same node, same zone, same cluster, same region, then each other cluster by name. Whoever runs in no known cluster begins at its zone and
/// region where it knows them, and then at "any".
/// </summary>
internal sealed class LocalityTiers(CallerPlace caller, bool zoneBeforeCluster) : ITierPlan
{
    public TierPlace? Place(in Locality locality)
    {
        if (caller.IsOwnCluster(locality))
        {
            return InOwn(caller.InOwnCluster(locality));
        }

        var knowsCluster = !caller.Locality.Cluster.IsNone;
        if (caller.IsSameZone(locality) && (zoneBeforeCluster || !knowsCluster))
        {
            return Tier(TierKind.SameZoneElsewhere);
        }

        if (caller.IsSameRegion(locality))
        {
            return Tier(TierKind.SameRegion);
        }

        return knowsCluster ? Tier(TierKind.Cluster, locality.Cluster) : Tier(TierKind.Any);
    }

    // The own cluster's tiers carry their load together, so they are one level; unless the zone elsewhere comes between them.
    public TierPlace InOwn(TierKind kind) =>
        new((int)kind, kind, caller.Locality.Cluster) { Level = kind == TierKind.SameCluster && zoneBeforeCluster ? (int)TierKind.SameCluster : 0 };

    private static TierPlace Tier(TierKind kind, ClusterId cluster = default) => new((int)kind, kind, cluster) { Level = (int)kind };
}
