using Mesh.Health;
using Mesh.Spill;

namespace Mesh.Tables;

/// <summary>
/// Applies health to a layout: who may be picked, and what should be probed. A tier or cluster that counts as down is left out while another can take over.
/// Ejection is unlimited but in the last tier that is left: nobody would take over from it, so at most a part of it stays ejected (those whose time is over
/// first are taken back). The same holds of tiers that the rule of spill-over finds in panic.
/// </summary>
internal static class HealthView
{
    /// <param name="layout">The layout.</param>
    /// <param name="epoch">The state of health that is applied.</param>
    /// <param name="rule">Shares the requests out.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public static RoutingTable Apply(TableLayout layout, long epoch, ISpillRule rule, double now)
    {
        var tiers = layout.Tiers;
        var usable = Array.ConvertAll(tiers, static t => Pickable(t, heedBreakers: true));
        var heedBreakers = true;
        var last = Array.FindLastIndex(usable, static u => u.Length != 0);
        if (last < 0)
        {
            last = Array.FindLastIndex(tiers, static t => t.Members.Where((_, i) => t.IsUp(i)).Any());
        }

        if (last < 0 && tiers.Length != 0)
        {
            // Everything counts as down: then that is no reason to prefer one to another.
            heedBreakers = false;
            usable = Array.ConvertAll(tiers, static t => Pickable(t, heedBreakers: false));
            last = Math.Max(Array.FindLastIndex(usable, static u => u.Length != 0), -1);
            last = last < 0 ? tiers.Length - 1 : last;
        }

        var readmitted = new int[tiers.Length];
        if (last >= 0)
        {
            var back = Readmit(tiers[last], heedBreakers, layout.Policy.MaxEjectedPercent);
            readmitted[last] = back.Length;
            usable[last] = [.. usable[last], .. back];
        }

        // Who was taken back may be picked, but is not well.
        var spill = new SpillTier[tiers.Length];
        for (var i = 0; i < spill.Length; i++)
        {
            spill[i] = Spill(tiers[i], usable[i], heedBreakers);
        }

        var shares = last < 0 ? TierShares.AllTo(-1, tiers.Length) : rule.Split(spill, now);
        for (var i = 0; i < tiers.Length; i++)
        {
            if (shares.TakesBack(i))
            {
                readmitted[i] += spill[i].Refusing.Except(usable[i]).Count();
                usable[i] = [.. usable[i].Union(spill[i].Refusing)];
            }
            else if (shares.IsInPanic(i) && i != last && usable[i].Length != 0)
            {
                var back = Readmit(tiers[i], heedBreakers, layout.Policy.MaxEjectedPercent);
                readmitted[i] = back.Length;
                usable[i] = [.. usable[i], .. back];
            }
        }

        var views = new UsableTier[tiers.Length];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = new UsableTier(tiers[i], usable[i], readmitted[i], layout.Picker, layout.Policy);
        }

        var first = Array.FindIndex(usable, static u => u.Length != 0);

        // Nothing new goes to a cluster that is drained whole, not even to find out how it is, while others can serve.
        var spares = Array.Exists(usable, static u => Array.Exists(u, static e => e.Drain < 100));
        // Whoever gets a part of the requests, or would if it were well, is probed.
        var probed = first < 0 ? tiers.Length : Math.Max(first, shares.Last) + 1;
        return new RoutingTable(layout, epoch, views, !heedBreakers, Detours(tiers.AsSpan(0, probed), heedBreakers, spares ? 100 : 101), shares) { Spill = spill };
    }

    private static SpillTier Spill(TierLayout tier, EndpointState[] usable, bool heedBreakers)
    {
        var (healthy, total) = (0d, (double)tier.Missing);
        for (var i = 0; i < tier.Members.Length; i++)
        {
            var member = tier.Members[i];
            total += member.Existing;
            healthy += !member.IsEjected && (!heedBreakers || tier.IsUp(i)) ? member.Ready : 0;
        }

        EndpointState[] refusing = Array.Exists(tier.Members, static m => m.IsEjectedForAnswers)
            ? [.. tier.Members.Where((m, i) => m.IsEjectedForAnswers && (!heedBreakers || tier.IsUp(i)))]
            : [];
        return new SpillTier(tier, usable, healthy, total, refusing);
    }

    private static EndpointState[] Pickable(TierLayout tier, bool heedBreakers) =>
        Array.TrueForAll(tier.Members, static m => !m.IsEjected) && (!heedBreakers || tier.IsAllUp)
            ? tier.Members
            : [.. tier.Members.Where((m, i) => !m.IsEjected && (!heedBreakers || tier.IsUp(i)))];

    private static EndpointState[] Readmit(TierLayout tier, bool heedBreakers, int percent)
    {
        var counted = tier.Members.Where((_, i) => !heedBreakers || tier.IsUp(i)).ToArray();
        EndpointState[] ejected = [.. counted.Where(static m => m.IsEjected).OrderBy(static m => m.BackAt)];
        var allowed = (int)((long)counted.Length * percent / 100);
        return ejected.Length <= allowed ? [] : ejected[..(ejected.Length - allowed)];
    }

    private static Detour[] Detours(ReadOnlySpan<TierLayout> tiers, bool heedBreakers, int leastDrainLeftOut)
    {
        var detours = new List<Detour>();
        var tried = new HashSet<Breaker>();
        for (var t = 0; t < tiers.Length; t++)
        {
            var tier = tiers[t];
            for (var i = 0; i < tier.Members.Length; i++)
            {
                var member = tier.Members[i];
                if (member.Drain >= leastDrainLeftOut)
                {
                    continue;
                }

                if (member.Health.Phase is HealthPhase.HalfOpen or HealthPhase.Probing && !member.IsProbeDown && (!heedBreakers || tier.IsUp(i)))
                {
                    detours.Add(new Detour(t, member, null, []));
                }

                if (tier.ClusterBreakers[i] is { IsOpen: true } cluster && tried.Add(cluster))
                {
                    detours.Add(new Detour(t, null, cluster, [.. tier.Members.Where((_, j) => tier.ClusterBreakers[j] == cluster)]));
                }

                if (tier.Upstream[i] is { IsOpen: true } upstream && !tier.ClusterBreakers[i].IsOpen && tried.Add(upstream))
                {
                    // A gateway that is ejected itself would answer for nobody behind it.
                    EndpointState[] well = [.. tier.Members.Where((m, j) => tier.Upstream[j] == upstream && !m.IsEjected)];
                    detours.Add(new Detour(t, null, upstream, well.Length != 0 ? well : [.. tier.Members.Where((_, j) => tier.Upstream[j] == upstream)]));
                }
            }

            // One question at a time: while the cluster counts as down, its trial is enough.
            if (tier.Breaker is { IsOpen: true } own && Array.TrueForAll(tier.ClusterBreakers, static b => !b.IsOpen))
            {
                detours.Add(new Detour(t, null, own, tier.Members));
            }
        }

        return [.. detours];
    }
}
