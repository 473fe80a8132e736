using System.Buffers;

namespace Mesh.Tables;

/// <summary>Chooses from a table.</summary>
internal static class TablePick
{
    /// <summary>The choice of a request that has not tried anything yet.</summary>
    public static PickResult First(RoutingTable table, long generation, in PickHints hints, ref ulong random)
    {
        for (var i = 0; i < table.Detours.Length; i++)
        {
            if (table.Detours[i].TryTake(ref random, ref generation) is { } probed)
            {
                return PickResult.Of(new EndpointLease(probed, generation), table.Detours[i].Tier);
            }
        }

        var tiers = table.Tiers;
        for (var t = table.FirstUsable; (uint)t < (uint)tiers.Length; t++)
        {
            var tier = tiers[t];
            if (tier.Endpoints.Length != 0)
            {
                var index = tier.Picker.Pick(new PickContext(tier.Endpoints, hints, ref random));
                if ((uint)index < (uint)tier.Endpoints.Length)
                {
                    var chosen = tier.Endpoints[index];
                    return table.HasDrain && GoesElsewhere(chosen, hints, ref random) && Undrained(table, generation, chosen, hints, ref random) is { HasEndpoint: true } other
                        ? other
                        : PickResult.Of(new EndpointLease(chosen, generation), t);
                }
            }
        }

        return PickResult.None(table.Otherwise);
    }

    /// <summary>
    /// The choice after a failure. The first leaves the node, and the zone where its tier has another; from the second on, and where everything counts as down, it leaves the cluster. Where nobody is left
    /// that far away, nearer ones are taken; one that was tried already never, so that a request which has failed everywhere ends with its last failure.
    /// </summary>
    public static PickResult Next(RoutingTable table, long generation, in RequestAttempts attempts, in PickHints hints, ref ulong random)
    {
        var found = ArrayPool<EndpointState>.Shared.Rent(Math.Max(table.LargestTier, 1));
        try
        {
            // First without the clusters that are drained whole, however near they are.
            var next = table.HasDrain ? Next(table, generation, attempts, hints, mostDrain: 99, found, ref random) : PickResult.None(table.Otherwise);
            return next.HasEndpoint ? next : Next(table, generation, attempts, hints, mostDrain: 100, found, ref random);
        }
        finally
        {
            ArrayPool<EndpointState>.Shared.Return(found, clearArray: true);
        }
    }

    private static PickResult Next(RoutingTable table, long generation, in RequestAttempts attempts, in PickHints hints, int mostDrain, EndpointState[] found, ref ulong random)
    {
        for (var distance = attempts.Count >= 2 || table.IsDown ? FailureDistance.Cluster : FailureDistance.Zone; distance >= FailureDistance.Untried; distance--)
        {
            for (var t = 0; t < table.Tiers.Length; t++)
            {
                var tier = table.Tiers[t];
                var count = Collect(tier.Endpoints, attempts, distance, mostDrain, found);
                if (count == 0)
                {
                    continue;
                }

                var index = tier.Picker.Pick(new PickContext(found.AsSpan(0, count), hints, ref random));
                if ((uint)index < (uint)count)
                {
                    return PickResult.Of(new EndpointLease(found[index], generation), t);
                }
            }
        }

        return PickResult.None(table.Otherwise);
    }

    // Whether a request that chose an endpoint belongs to the part of its cluster's share that goes elsewhere.
    private static bool GoesElsewhere(EndpointState chosen, in PickHints hints, ref ulong random) =>
        chosen.Drain > 0 && new PickContext([], hints, ref random).NextIndex(100) < chosen.Drain;

    // The nearest choice outside of the clusters that have sent the request on: in the same tier, else in the next. None where nobody else can serve.
    private static PickResult Undrained(RoutingTable table, long generation, EndpointState drained, in PickHints hints, ref ulong random)
    {
        var others = ArrayPool<EndpointState>.Shared.Rent(table.LargestTier);
        var left = ArrayPool<EndpointState>.Shared.Rent(table.DrainedClusters);
        try
        {
            left[0] = drained;
            var leftCount = 1;
            var tiers = table.Tiers;
            for (var t = table.FirstUsable; (uint)t < (uint)tiers.Length;)
            {
                var count = Collect(tiers[t].Endpoints, left.AsSpan(0, leftCount), others);
                var index = count == 0 ? -1 : tiers[t].Picker.Pick(new PickContext(others.AsSpan(0, count), hints, ref random));
                if ((uint)index >= (uint)count)
                {
                    t++;
                }
                else if (leftCount < left.Length && GoesElsewhere(others[index], hints, ref random))
                {
                    // There is room for each cluster that the table knows to be drained; one more may be while the next table is being made.
                    left[leftCount++] = others[index];
                }
                else
                {
                    return PickResult.Of(new EndpointLease(others[index], generation), t);
                }
            }

            return PickResult.None(table.Otherwise);
        }
        finally
        {
            ArrayPool<EndpointState>.Shared.Return(others, clearArray: true);
            ArrayPool<EndpointState>.Shared.Return(left, clearArray: true);
        }
    }

    // Those in no cluster of the ones that have sent the request on.
    private static int Collect(EndpointState[] endpoints, ReadOnlySpan<EndpointState> left, EndpointState[] found)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            var isLeft = false;
            foreach (var one in left)
            {
                isLeft |= one.Cluster == endpoint.Cluster;
            }

            if (!isLeft)
            {
                found[count++] = endpoint;
            }
        }

        return count;
    }

    private static int Collect(EndpointState[] endpoints, in RequestAttempts attempts, FailureDistance distance, int mostDrain, EndpointState[] found)
    {
        if (distance == FailureDistance.Zone && !HasAnotherZone(endpoints, attempts))
        {
            distance = FailureDistance.Node;
        }

        var count = 0;
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Drain <= mostDrain && IsFarEnough(endpoint, attempts, distance))
            {
                found[count++] = endpoint;
            }
        }

        return count;
    }

    private static bool HasAnotherZone(EndpointState[] endpoints, in RequestAttempts attempts)
    {
        foreach (var endpoint in endpoints)
        {
            if (IsFarEnough(endpoint, attempts, FailureDistance.Zone))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFarEnough(EndpointState endpoint, in RequestAttempts attempts, FailureDistance distance)
    {
        for (var i = 0; i < attempts.Count; i++)
        {
            if (IsWithin(endpoint, attempts[i], distance))
            {
                return false;
            }
        }

        return true;
    }

    // Whether the two are nearer to each other than the distance: at each distance also what the smaller ones hold against it.
    private static bool IsWithin(EndpointState endpoint, EndpointState failed, FailureDistance distance)
    {
        if (ReferenceEquals(endpoint, failed))
        {
            return true;
        }

        if (distance == FailureDistance.Untried || endpoint.Cluster != failed.Cluster)
        {
            return false;
        }

        if (distance == FailureDistance.Cluster)
        {
            return true;
        }

        var (here, there) = (endpoint.Locality, failed.Locality);
        return (here.Node is { } node && node == there.Node)
            || (distance == FailureDistance.Zone && here.Zone == there.Zone && here.Region == there.Region);
    }
}
