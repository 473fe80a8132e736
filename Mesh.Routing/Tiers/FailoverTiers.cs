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
            return InOwn(caller.InOwnCluster(locality));
        }

        if (targets.IsEmpty)
        {
            var after = caller.IsSameRegion(locality) ? AfterOwn : AfterOwn + 1;
            return new TierPlace(after, TierKind.Cluster, locality.Cluster) { Level = after };
        }

        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i].Cluster == locality.Cluster)
            {
                return new TierPlace(AfterOwn + i, TierKind.Cluster, locality.Cluster) { Level = AfterOwn + i };
            }
        }

        return null;
    }

    public TierPlace InOwn(TierKind kind) => new((int)kind, kind, caller.Locality.Cluster);
}
