using System.Collections.Immutable;

namespace Mesh.Tiers;

/// <summary>
/// The own cluster, nearest first inside it, then the targets in order, a tier each. Without targets every other cluster: those of the own region first, then by
/// name.
/// </summary>
internal sealed class FailoverTiers(CallerPlace caller, ImmutableArray<RoutingTarget> targets) : ITierPlan
{
    private const int AfterOwn = (int)TierKind.Cluster;

    public TierPlace? Place(in Locality locality)
    {
        if (caller.IsOwnCluster(locality))
        {
            var kind = caller.InOwnCluster(locality);
            return new TierPlace((int)kind, kind, locality.Cluster);
        }

        if (targets.IsEmpty)
        {
            return new TierPlace(caller.IsSameRegion(locality) ? AfterOwn : AfterOwn + 1, TierKind.Cluster, locality.Cluster);
        }

        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i].Cluster == locality.Cluster)
            {
                return new TierPlace(AfterOwn + i, TierKind.Cluster, locality.Cluster);
            }
        }

        return null;
    }
}
