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

        var drawn = table.Shares.Whole;
        if (drawn < 0 && table.FirstUsable >= 0 && (drawn = Draw(table, hints, ref random)) < 0)
        {
            return PickResult.None(PickStatus.Shed);
        }

        // An algorithm may refuse a tier: then the next ones are asked, and at last those before it.
        var tiers = table.Tiers;
        var refused = -1;
        for (var i = 0; i < tiers.Length && drawn >= 0; i++)
        {
            var t = drawn + i < tiers.Length ? drawn + i : drawn + i - tiers.Length;
            var tier = tiers[t];
            if (tier.Endpoints.Length != 0)
            {
                var index = tier.Picker.Pick(new PickContext(tier.Endpoints, hints, ref random));
                if ((uint)index < (uint)tier.Endpoints.Length)
                {
                    var chosen = tier.Endpoints[index];
                    return table.HasDrain && GoesElsewhere(chosen, hints, ref random) && Undrained(table, generation, chosen, t, hints, ref random) is { HasEndpoint: true } other
                        ? other
                        : PickResult.Of(new EndpointLease(chosen, generation), t);
                }

                tier.Refused = index;
                refused = refused < 0 ? t : refused;
            }
        }

        return PickResult.None(table.Otherwise, refused);
    }

    /// <summary>
    /// The choice after a failure. The first leaves the node, and the zone where its tier has another; from the second on, where everything counts as down, and where connections in the cluster have just failed, it leaves the cluster. Where nobody is left
    /// that far away, nearer ones are taken; one that was tried already never, so that a request which has failed everywhere ends with its last failure. Then, where it was freed from, unsent, and at last whoever is ejected or counts
    /// as down (<see cref="LastResort"/>). A tier that bears no further request is not asked to bear a second try either.
    /// </summary>
    public static PickResult Next(RoutingTable table, long generation, in RequestAttempts attempts, in PickHints hints, ref ulong random)
    {
        var found = ArrayPool<EndpointState>.Shared.Rent(Math.Max(table.LargestTier, 1));
        try
        {
            // First without the clusters that are drained whole, however near they are.
            var next = table.HasDrain ? Next(table, generation, attempts, hints, mostDrain: 99, found, ref random) : PickResult.None(table.Otherwise);
            if (!next.HasEndpoint)
            {
                next = Next(table, generation, attempts, hints, mostDrain: 100, found, ref random);
            }

            if (!next.HasEndpoint && attempts.FreedFrom is { IsRetired: false } freedFrom)
            {
                next = Back(table, generation, freedFrom, next);
            }

            return next.HasEndpoint ? next : LastResort.Pick(table, generation, attempts, hints, next, ref random);
        }
        finally
        {
            ArrayPool<EndpointState>.Shared.Return(found, clearArray: true);
        }
    }

    private static PickResult Next(RoutingTable table, long generation, in RequestAttempts attempts, in PickHints hints, int mostDrain, EndpointState[] found, ref ulong random)
    {
        var refused = -1;
        for (var distance = FirstDistance(table, attempts); distance >= FailureDistance.Untried; distance--)
        {
            // Where several share the load, second tries do as well; else the nearest comes first.
            var drawn = DrawAgain(table, distance, hints, ref random);
            for (var i = drawn < 0 ? 0 : -1; i < table.Tiers.Length; i++)
            {
                var t = i < 0 ? drawn : i;
                var tier = table.Tiers[t];
                var count = table.Shares.IsFull(t) ? 0 : Collect(tier.Endpoints, attempts, distance, mostDrain, found);
                if (count == 0)
                {
                    continue;
                }

                var index = tier.Picker.Pick(new PickContext(found.AsSpan(0, count), hints, ref random));
                if ((uint)index < (uint)count)
                {
                    return PickResult.Of(new EndpointLease(found[index], generation), t);
                }

                tier.Refused = index;
                refused = refused < 0 ? t : refused;
            }
        }

        return PickResult.None(table.Otherwise, refused);
    }

    /// <summary>How far from those that failed a request goes next.</summary>
    public static FailureDistance FirstDistance(RoutingTable table, in RequestAttempts attempts) =>
        attempts.Count >= 2 || table.IsDown || IsInDoubt(attempts) ? FailureDistance.Cluster : FailureDistance.Zone;

    // Whether the cluster that failed the request seems to be going down as a whole.
    private static bool IsInDoubt(in RequestAttempts attempts)
    {
        if (attempts.Count == 0)
        {
            return false;
        }

        var failed = attempts[attempts.Count - 1];
        foreach (var breaker in failed.Breakers)
        {
            if (!breaker.Cluster.IsNone && breaker.IsInDoubt(failed.Clock.Now))
            {
                return true;
            }
        }

        return false;
    }

    // To the endpoint from which the request was freed unsent, ejected or not, as long as the route has it.
    private static PickResult Back(RoutingTable table, long generation, EndpointState endpoint, in PickResult otherwise)
    {
        var tier = Array.FindIndex(table.Layout.Tiers, t => t.Members.Contains(endpoint));
        return tier < 0 ? otherwise : PickResult.Of(new EndpointLease(endpoint, generation), tier);
    }

    private static int DrawAgain(RoutingTable table, FailureDistance distance, in PickHints hints, ref ulong random)
    {
        var shares = distance == FailureDistance.Cluster ? table.Shares.Beyond ?? table.Shares : table.Shares;
        return shares.Whole >= 0 ? -1 : shares.Draw(new PickContext([], hints, ref random).NextRandom());
    }

    // Whether a request that chose an endpoint belongs to the part of its cluster's share that goes elsewhere.
    private static bool GoesElsewhere(EndpointState chosen, in PickHints hints, ref ulong random) =>
        chosen.Drain > 0 && new PickContext([], hints, ref random).NextIndex(100) < chosen.Drain;

    // A tier by shares; −1 where the request is shed. Requests that should stick to one endpoint stick to one tier too: each hash has its place among the shares.
    private static int Draw(RoutingTable table, in PickHints hints, ref ulong random)
    {
        if (hints.Hash is not { } hash)
        {
            return table.Shares.Draw(new PickContext([], hints, ref random).NextRandom());
        }

        // Mixed once more, so that a tier's part of the keys is not a part of the ring.
        return table.Shares.Draw(new PickContext([], hints, ref hash).NextRandom());
    }

    // The choice outside of the clusters that have sent the request on: in the same tier, else by the shares of others, else the nearest. None where nobody else can serve.
    private static PickResult Undrained(RoutingTable table, long generation, EndpointState drained, int drawn, in PickHints hints, ref ulong random)
    {
        var others = ArrayPool<EndpointState>.Shared.Rent(table.LargestTier);
        var left = ArrayPool<EndpointState>.Shared.Rent(table.DrainedClusters);
        try
        {
            left[0] = drained;
            var leftCount = 1;
            var tiers = table.Tiers;
            for (var step = 0; step < tiers.Length + 2;)
            {
                var t = step switch { 0 => drawn, 1 => DrawOther(table, left.AsSpan(0, leftCount), hints, ref random), _ => step - 2 };
                var count = t < 0 ? 0 : Collect(tiers[t].Endpoints, left.AsSpan(0, leftCount), others);
                var index = count == 0 ? -1 : tiers[t].Picker.Pick(new PickContext(others.AsSpan(0, count), hints, ref random));
                if ((uint)index >= (uint)count)
                {
                    step++;
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

    // A tier by the shares of those that have somebody in other clusters; −1 where none has both.
    private static int DrawOther(RoutingTable table, ReadOnlySpan<EndpointState> left, in PickHints hints, ref ulong random)
    {
        var sum = 0d;
        for (var t = 0; t < table.Tiers.Length; t++)
        {
            sum += HasOther(table.Tiers[t].Endpoints, left) ? table.Shares[t] : 0;
        }

        var (point, last) = ((new PickContext([], hints, ref random).NextRandom() >> 11) * (sum / (1UL << 53)), -1);
        for (var t = 0; t < table.Tiers.Length && sum > 0; t++)
        {
            if (table.Shares[t] > 0 && HasOther(table.Tiers[t].Endpoints, left))
            {
                last = t;
                if ((point -= table.Shares[t]) < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private static bool HasOther(EndpointState[] endpoints, ReadOnlySpan<EndpointState> left)
    {
        foreach (var endpoint in endpoints)
        {
            if (IsOutside(endpoint, left))
            {
                return true;
            }
        }

        return false;
    }

    // Whether it is in no cluster of the ones that have sent the request on.
    private static bool IsOutside(EndpointState endpoint, ReadOnlySpan<EndpointState> left)
    {
        foreach (var one in left)
        {
            if (one.Cluster == endpoint.Cluster)
            {
                return false;
            }
        }

        return true;
    }

    private static int Collect(EndpointState[] endpoints, ReadOnlySpan<EndpointState> left, EndpointState[] found)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            if (IsOutside(endpoint, left))
            {
                found[count++] = endpoint;
            }
        }

        return count;
    }

    /// <summary>Those that are far enough from whoever failed the request.</summary>
    /// <returns>How many of <paramref name="found"/> they fill.</returns>
    public static int Collect(ReadOnlySpan<EndpointState> endpoints, in RequestAttempts attempts, FailureDistance distance, int mostDrain, EndpointState[] found)
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

    private static bool HasAnotherZone(ReadOnlySpan<EndpointState> endpoints, in RequestAttempts attempts)
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
