using System.Collections.Immutable;
using Mesh.Routes;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>Compares what a service's policy does with what another would do, over the same endpoints and their health, and changes nothing.</summary>
internal sealed class DryRunner(RouterContext context, MeshRouter router)
{
    public PolicyDryRun Run(string asked, ServicePolicy policy, ServiceState? state, HostMatch match)
    {
        var explainer = new Explainer(context, router);
        ImmutableArray<string> errors = [.. router.Check(policy)];
        if (state is null)
        {
            return new PolicyDryRun { Errors = errors, Before = new RouteExplanation { Asked = asked, Match = match } };
        }

        var key = new RouteKey(match.Port, match.View, null);
        var before = explainer.Explain(asked, match, state, state.DryTable(key, instead: null));
        if (!errors.IsEmpty)
        {
            return new PolicyDryRun { Errors = errors, Before = before };
        }

        var after = explainer.Explain(asked, match, state, state.DryTable(key, policy));
        return new PolicyDryRun
        {
            Before = before,
            After = after,
            Policy = [.. before.Policy.Zip(after.Policy).Where(static f => f.First != f.Second).Select(static f => new PolicyFieldChange(f.First.Name, f.First.Value, f.First.Origin, f.Second.Value, f.Second.Origin))],
            Tiers = Tiers(before, after),
            Endpoints = Endpoints(before, after),
            NewProblems = [.. after.PolicyProblems.Except(before.PolicyProblems)],
            SolvedProblems = [.. before.PolicyProblems.Except(after.PolicyProblems)],
        };
    }

    private static ImmutableArray<TierChange> Tiers(RouteExplanation before, RouteExplanation after)
    {
        // A tier's name is its own in one table.
        var (old, young) = (before.Tiers.ToDictionary(static t => t.Name, static t => t.Share), after.Tiers.ToDictionary(static t => t.Name, static t => t.Share));
        return
        [
            .. after.Tiers.Concat(before.Tiers).Select(static t => t.Name).Distinct()
                .Select(name => new TierChange(name, old.TryGetValue(name, out var o) ? o : null, young.TryGetValue(name, out var y) ? y : null)).Where(static t => t.Before != t.After),
        ];
    }

    private static ImmutableArray<EndpointChange> Endpoints(RouteExplanation before, RouteExplanation after)
    {
        var (old, young) = (ByAddress(before), ByAddress(after));
        return
        [
            .. young.Keys.Concat(old.Keys).Distinct()
                .Select(key => new EndpointChange(key.Cluster, key.Address, old.GetValueOrDefault(key), young.GetValueOrDefault(key))).Where(static e => e.Before != e.After),
        ];

        // A gateway may have the address of an endpoint that another source describes.
        static Dictionary<(ClusterId Cluster, string Address, Reach Reach), string> ByAddress(RouteExplanation e) =>
            e.Tiers.SelectMany(static t => t.Endpoints.Select(m => ((m.Cluster, m.Address, m.Reach), t.Name))).ToDictionary();
    }
}
