using System.Collections.Immutable;

namespace Mesh.Tiers;

/// <summary>
/// The targets, by priority (0 where they do not say it) and, in one priority, by weight, whatever the number of their endpoints; nearest first inside the own cluster, which gets nothing unless it is
/// a target. Without targets all clusters alike.
/// </summary>
internal sealed class ActiveActiveTiers(CallerPlace caller, ImmutableArray<RoutingTarget> targets) : ITierPlan
{
    private const int AfterOwn = (int)TierKind.Cluster;
    private const int EqualWeight = 100;

    public TierPlace? Place(in Locality locality)
    {
        var index = RoutingTargets.IndexOf(targets, locality.Cluster);
        if (index < 0 && !targets.IsEmpty)
        {
            return null;
        }

        if (caller.IsOwnCluster(locality))
        {
            return InOwn(caller.InOwnCluster(locality));
        }

        var rank = index >= 0 ? AfterOwn + index : caller.IsSameRegion(locality) ? AfterOwn : AfterOwn + 1;
        return Share(new TierPlace(rank, TierKind.Cluster, locality.Cluster), index);
    }

    public TierPlace InOwn(TierKind kind) =>
        Share(new TierPlace((int)kind, kind, caller.Locality.Cluster), RoutingTargets.IndexOf(targets, caller.Locality.Cluster));

    private TierPlace Share(TierPlace place, int index) => index < 0 ? place.Sharing(0, EqualWeight) : place.Sharing(targets[index].Priority ?? 0, targets[index].Weight);
}
