using Mesh.Supervision;

namespace Mesh.Catalog;

/// <summary>
/// When a service can be routed to although some source has not yet said anything: one API server that accepts connections and is silent must not hold up what is known without it.
/// </summary>
internal sealed class SettleRule(CatalogCore core, SourceSink[] sinks)
{
    /// <summary>How long a service that is known waits for sources that may bring nearer endpoints.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>The same where nobody has brought a ready endpoint yet: without those sources there is nothing to route to.</summary>
    public static readonly TimeSpan GraceWithoutEndpoints = TimeSpan.FromSeconds(10);

    /// <summary>How much longer to wait: nothing where it is settled, without end where only a source's word settles it.</summary>
    public TimeSpan Remaining(ServiceLookup lookup)
    {
        if (lookup.Status == ServiceLookupStatus.Absent)
        {
            return TimeSpan.Zero;
        }

        if (lookup.Status == ServiceLookupStatus.Pending || lookup.Cell.Current is not { } snapshot)
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (!Array.Exists(sinks, static s => s.IsConnecting) || IsReadyIn(snapshot, IsOwn))
        {
            return TimeSpan.Zero;
        }

        // Since it is known and not since it is asked for: later requests do not pay again.
        var grace = IsReadyIn(snapshot, static _ => true) ? Grace : GraceWithoutEndpoints;
        var remaining = grace - core.TimeProvider.GetElapsedTime(((CatalogCell)lookup.Cell).KnownSince);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private static bool IsReadyIn(ServiceSnapshot snapshot, Func<ClusterId, bool> counts)
    {
        foreach (var contribution in snapshot.Contributions)
        {
            if (counts(contribution.Cluster) && contribution.Service.Invalid is null && HasReady(contribution.Service))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOwn(ClusterId cluster) => core.Options.OwnCluster.IsNone ? core.Clusters.Find(cluster) is { IsOwn: true } : cluster == core.Options.OwnCluster;

    private static bool HasReady(ServiceContribution service)
    {
        foreach (var segment in service.Segments)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                if ((segment[i].Conditions & EndpointConditions.Ready) != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
