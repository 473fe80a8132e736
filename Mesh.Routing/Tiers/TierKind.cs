namespace Mesh.Tiers;

/// <summary>What the endpoints of a tier have in common.</summary>
internal enum TierKind
{
    /// <summary>The caller's node, which is (cluster, node).</summary>
    SameNode,

    /// <summary>The caller's zone of its own cluster, which is (cluster, region, zone).</summary>
    SameZone,

    /// <summary>The caller's zone (region, zone), whichever cluster.</summary>
    SameZoneElsewhere,

    /// <summary>The own cluster.</summary>
    SameCluster,

    /// <summary>The caller's region.</summary>
    SameRegion,

    /// <summary>One other cluster.</summary>
    Cluster,

    /// <summary>Anything: the caller's place is not known.</summary>
    Any,
}
