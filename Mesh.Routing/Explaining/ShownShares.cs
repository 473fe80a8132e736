using System.Collections.Immutable;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>
/// The part of new requests that each tier gets: its share, but for what clusters that are drained send on. Inside a tier by weight, which is what algorithms tend to while costs are equal.
/// </summary>
internal sealed class ShownShares
{
    // Each drained cluster doubles the ways a request can take; beyond this many the last ones are taken for what is left.
    private const int MaxDrained = 8;

    private readonly RoutingTable _table;
    private readonly double[] _shares;

    private ShownShares(RoutingTable table)
    {
        _table = table;
        _shares = new double[table.Tiers.Length];
        for (var t = 0; t < _shares.Length; t++)
        {
            if (table.Shares[t] > 0)
            {
                SpreadIn(t, [], table.Shares[t], t);
            }
        }
    }

    /// <summary>The shares in percent, tier by tier; 100 together with what is shed, or 0 where nobody can be picked.</summary>
    public static double[] Of(RoutingTable table) => Array.ConvertAll(new ShownShares(table)._shares, static s => s * 100);

    // As a pick does it: first others of the tier that was drawn, then the shares of other tiers, then the nearest.
    private void Spread(ImmutableList<ClusterId> left, double part, int drawn)
    {
        if (HasOther(drawn, left))
        {
            SpreadIn(drawn, left, part, drawn);
            return;
        }

        int[] others = [.. Enumerable.Range(0, _shares.Length).Where(t => HasOther(t, left))];
        var sum = others.Sum(t => _table.Shares[t]);
        if (others.Length == 0)
        {
            // Nobody else can serve: it stays with the first choice.
            _shares[drawn] += part;
        }
        else if (sum <= 0)
        {
            SpreadIn(others[0], left, part, drawn);
        }
        else
        {
            foreach (var t in others.Where(t => _table.Shares[t] > 0))
            {
                SpreadIn(t, left, part * _table.Shares[t] / sum, drawn);
            }
        }
    }

    private void SpreadIn(int tier, ImmutableList<ClusterId> left, double part, int drawn)
    {
        var others = _table.Tiers[tier].Endpoints.Where(e => !left.Contains(e.Cluster)).ToArray();
        var total = others.Sum(static e => (double)e.Weight);
        foreach (var cluster in others.GroupBy(static e => (e.Cluster, e.Drain)))
        {
            var own = part * cluster.Sum(static e => (double)e.Weight) / total;
            var sent = left.Count < MaxDrained ? own * cluster.Key.Drain / 100 : 0;
            _shares[tier] += own - sent;
            if (sent > 0)
            {
                Spread(left.Add(cluster.Key.Cluster), sent, drawn);
            }
        }
    }

    private bool HasOther(int tier, ImmutableList<ClusterId> left) => Array.Exists(_table.Tiers[tier].Endpoints, e => !left.Contains(e.Cluster));
}
