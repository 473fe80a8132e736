namespace Mesh.Tiers;

/// <summary>The names of tiers, the same in metrics, logs and explain.</summary>
internal static class TierKindNames
{
    public static string ToName(this TierKind kind, ClusterId cluster) => kind switch
    {
        TierKind.SameNode => "same node",
        TierKind.SameZone => "same zone",
        TierKind.SameZoneElsewhere => "same zone, other cluster",
        TierKind.SameCluster => "same cluster",
        TierKind.SameRegion => "same region",
        TierKind.Cluster => $"cluster {cluster}",
        _ => "any",
    };
}
