using System.Buffers;
using Mesh.Health;

namespace Mesh.Tables;

/// <summary>
/// Where a request goes that nobody is left for: to whoever is ejected or counts as down and has not been tried, since that may be wrong (a caller that is short of processor time sees connect limits pass), and
/// an answer is worth more than none. Those that another request probes come last; one that is half-open is probed by it. Who counts as down is asked only within the first connect limit of the request: a
/// dead service must fail at once, and not after one limit for each of its endpoints.
/// </summary>
internal static class LastResort
{
    public static PickResult Pick(RoutingTable table, long generation, in RequestAttempts attempts, in PickHints hints, in PickResult otherwise, ref ulong random)
    {
        var most = 0;
        foreach (var tier in table.Tiers)
        {
            most = Math.Max(most, tier.Others.Length);
        }

        if (most == 0 || attempts.Count == 0)
        {
            return otherwise;
        }

        var asksDown = !HasWaited(table, attempts);
        var possible = ArrayPool<EndpointState>.Shared.Rent(most);
        var found = ArrayPool<EndpointState>.Shared.Rent(most);
        try
        {
            // The nearest of those that nobody probes, outside of what is drained whole; each wish is given up only where nobody meets it.
            for (var wishes = 0; wishes < 4; wishes++)
            {
                var (mostDrain, asksProbed) = ((wishes & 1) == 0 ? 99 : 100, wishes >= 2);
                for (var distance = TablePick.FirstDistance(table, attempts); distance >= FailureDistance.Untried; distance--)
                {
                    for (var t = 0; t < table.Tiers.Length; t++)
                    {
                        var tier = table.Tiers[t];
                        var others = table.Shares.IsFull(t) ? 0 : Filter(tier.Others, asksDown, asksProbed, possible);
                        var count = others == 0 ? 0 : TablePick.Collect(possible.AsSpan(0, others), attempts, distance, mostDrain, found);
                        var index = count == 0 ? -1 : tier.Picker.Pick(new PickContext(found.AsSpan(0, count), hints, ref random));
                        if ((uint)index < (uint)count)
                        {
                            var chosen = found[index];
                            return PickResult.Of(new EndpointLease(chosen, chosen.Health.TryTakeProbe(out var probe) ? probe : generation), t);
                        }
                    }
                }
            }

            return otherwise;
        }
        finally
        {
            ArrayPool<EndpointState>.Shared.Return(possible, clearArray: true);
            ArrayPool<EndpointState>.Shared.Return(found, clearArray: true);
        }
    }

    private static int Filter(EndpointState[] endpoints, bool asksDown, bool asksProbed, EndpointState[] found)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            if ((asksDown || !CountsAsDown(endpoint)) && (asksProbed || endpoint.Health.Phase != HealthPhase.Probing))
            {
                found[count++] = endpoint;
            }
        }

        return count;
    }

    private static bool HasWaited(RoutingTable table, in RequestAttempts attempts) =>
        attempts.StartTimestamp != 0
        && table.Policy.ConnectTimeout != Timeout.InfiniteTimeSpan
        && attempts[0].Clock.Provider.GetElapsedTime(attempts.StartTimestamp) >= table.Policy.ConnectTimeout;

    private static bool CountsAsDown(EndpointState endpoint)
    {
        foreach (var breaker in endpoint.Breakers)
        {
            if (breaker.IsOpen)
            {
                return true;
            }
        }

        return endpoint.Upstream is { IsOpen: true };
    }
}
