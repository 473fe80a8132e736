using System.Collections.Immutable;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>
/// The part of new requests that each tier gets: all of it the first that has somebody, but for what clusters that are drained send on. Inside a tier by weight, which is what algorithms
/// tend to while costs are equal.
/// </summary>
internal static class TierShares
{
    // Each drained cluster doubles the ways a request can take; beyond this many the last ones are taken for what is left.
    private const int MaxDrained = 8;

    /// <summary>The shares in percent, tier by tier; 100 together, or 0 where nobody can be picked.</summary>
    public static int[] Of(RoutingTable table)
    {
        var shares = new double[table.Tiers.Length];
        if (table.FirstUsable >= 0)
        {
            Spread(table, [], 1, table.FirstUsable, shares);
        }

        var whole = Array.ConvertAll(shares, static s => (int)Math.Round(s * 100));
        if (table.FirstUsable >= 0)
        {
            // What rounding leaves belongs to the tier that is asked first.
            whole[table.FirstUsable] += 100 - whole.Sum();
        }

        return whole;
    }

    private static void Spread(RoutingTable table, ImmutableList<ClusterId> left, double part, int otherwise, double[] shares)
    {
        for (var t = table.FirstUsable; t < table.Tiers.Length; t++)
        {
            var others = table.Tiers[t].Endpoints.Where(e => !left.Contains(e.Cluster)).ToArray();
            if (others.Length == 0)
            {
                continue;
            }

            var total = others.Sum(static e => (double)e.Weight);
            foreach (var cluster in others.GroupBy(static e => (e.Cluster, e.Drain)))
            {
                var own = part * cluster.Sum(static e => (double)e.Weight) / total;
                var sent = left.Count < MaxDrained ? own * cluster.Key.Drain / 100 : 0;
                shares[t] += own - sent;
                if (sent > 0)
                {
                    Spread(table, left.Add(cluster.Key.Cluster), sent, left.IsEmpty ? t : otherwise, shares);
                }
            }

            return;
        }

        // Nobody else can serve: it stays with the first choice.
        shares[otherwise] += part;
    }
}
