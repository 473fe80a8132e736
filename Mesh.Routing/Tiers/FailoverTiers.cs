using System.Collections.Immutable;

namespace Mesh.Tiers;

/// <summary>
/// The own cluster, nearest first inside it, then the targets by priority, which is their place in the list where they do not say it; those of one priority share by weight. The own cluster is of
/// priority 0, unless a target names it with another. Without targets every other cluster: those of the own region first, then by name.
/// </summary>
internal sealed class FailoverTiers(CallerPlace caller, ImmutableArray<RoutingTarget> targets) : ITierPlan
{
    private const int AfterOwn = (int)TierKind.Cluster;
    private const int OwnWeight = 100;

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

        var index = RoutingTargets.IndexOf(targets, locality.Cluster);
        return index < 0 ? null : new TierPlace(AfterOwn + index, TierKind.Cluster, locality.Cluster).Sharing(targets[index].Priority ?? index + 1, targets[index].Weight);
    }

    public TierPlace InOwn(TierKind kind)
    {
        var place = new TierPlace((int)kind, kind, caller.Locality.Cluster);
        var index = RoutingTargets.IndexOf(targets, caller.Locality.Cluster);
        return index < 0 ? place.Sharing(0, OwnWeight) : place.Sharing(targets[index].Priority ?? 0, targets[index].Weight);
    }
}
