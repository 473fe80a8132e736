using Mesh.Health;
using Mesh.Hosts;
using Mesh.Picks;
using Mesh.Policies;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>Lays out the table of one route: policy, port, candidates, tiers. Used under the service's lock.</summary>
internal sealed class LayoutBuilder(ServiceName service, PolicyBook policies, ITableStates states)
{
    /// <summary>Lays out what a snapshot offers.</summary>
    /// <param name="key">What the route is asked for with.</param>
    /// <param name="snapshot">The service; <see langword="null"/> where it is not known.</param>
    /// <param name="statusWhenUnknown">What a pick answers then.</param>
    /// <param name="topology">The clusters.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="instead">A policy in place of the configured one of the service, to find out what it would do; <see langword="null"/> for that one.</param>
    public TableLayout Build(in RouteKey key, ServiceSnapshot? snapshot, PickStatus statusWhenUnknown, Topology topology, double now, ServicePolicy? instead = null)
    {
        var configured = policies.Configured;
        var policy = policies.Resolve(configured, service, key.ClientPolicy, snapshot, topology.Own, instead);
        var picker = policies.PickerOf(policy);
        var problems = policies.ProblemsOf(policy, snapshot, topology.Own);
        var view = ViewOf(key, policy);
        if (snapshot is null || !snapshot.Contributions.Any(c => CandidateSelection.Sees(c, view, topology)))
        {
            return Without(snapshot is null ? statusWhenUnknown : PickStatus.UnknownService, null);
        }

        var port = PortResolver.Resolve(key.Port, CandidateSelection.PortsOf(snapshot, view, topology));
        if (port.Port is null)
        {
            return Without(PickStatus.NoSuchPort, port);
        }

        var selection = new CandidateSelection(topology, PlanOf(policy, topology), leftOut: null);
        var candidates = selection.Select(snapshot, view, port.Port);
        return candidates.Count == 0
            ? Without(selection.Unreachable > 0 ? PickStatus.Unreachable : PickStatus.NoUsableEndpoint, port, [.. selection.OutOfReach])
            : new TableLayout
            {
                Snapshot = snapshot,
                Topology = topology,
                Configured = configured,
                Policy = policy,
                Picker = picker,
                PolicyProblems = problems,
                View = view,
                Port = port,
                OutOfReach = [.. selection.OutOfReach],
                UnknownTargets = UnknownTargets(policy, topology),
                Tiers = TierOrder.Arrange(TiersOf(candidates, port.Port.Port, now), selection.Missing),
            };

        TableLayout Without(PickStatus status, PortChoice? choice, IReadOnlyList<ClusterOutOfReach>? outOfReach = null) => new()
        {
            Snapshot = snapshot,
            Topology = topology,
            Configured = configured,
            Policy = policy,
            Picker = picker,
            PolicyProblems = problems,
            View = view,
            Port = choice,
            OutOfReach = outOfReach ?? [],
            UnknownTargets = UnknownTargets(policy, topology),
            StatusWithoutTiers = status,
        };
    }

    public static ServiceView ViewOf(in RouteKey key, EffectivePolicy policy) =>
        key.View == ServiceView.OwnCluster && policy.WidenClusterLocal ? ServiceView.Mesh : key.View;

    public static ITierPlan PlanOf(EffectivePolicy policy, Topology topology) =>
        policy.Mode switch
        {
            RoutingMode.Failover => new FailoverTiers(topology.Caller, policy.Targets),
            RoutingMode.ActiveActive => new ActiveActiveTiers(topology.Caller, policy.Targets),
            _ => new LocalityTiers(topology.Caller, policy.ZoneBeforeCluster),
        };

    private static ClusterId[] UnknownTargets(EffectivePolicy policy, Topology topology) =>
        policy.Mode == RoutingMode.Locality ? [] : [.. policy.Targets.Select(static t => t.Cluster).Where(c => topology.Find(c) is null)];

    private TierLayout[] TiersOf(IReadOnlyList<Candidate> candidates, int port, double now)
    {
        var byPlace = new SortedDictionary<TierPlace, List<(EndpointState State, bool IsNew)>>();
        foreach (var candidate in candidates)
        {
            if (!byPlace.TryGetValue(candidate.Place, out var members))
            {
                byPlace[candidate.Place] = members = [];
            }

            members.Add((states.StateOf(candidate, port, out var isNew), isNew));
        }

        var sizes = candidates.GroupBy(static c => c.Key.Cluster).ToDictionary(static g => g.Key, static g => g.Count());
        return [.. byPlace.Select(tier => TierOf(tier.Key, tier.Value, sizes, port, now))];
    }

    private TierLayout TierOf(TierPlace place, List<(EndpointState State, bool IsNew)> members, Dictionary<ClusterId, int> sizes, int port, double now)
    {
        StartAtMedian(members, now);

        // A tier that is one cluster has that cluster's breaker; from a tier of everything nobody could take over.
        var own = place.Kind is TierKind.Cluster or TierKind.Any ? null : states.BreakerOf(new BreakerKey(place.Kind, place.Cluster, port), members.Count);
        var endpoints = members.ConvertAll(static m => m.State).ToArray();
        var ofCluster = Array.ConvertAll(endpoints, s => states.BreakerOf(new BreakerKey(TierKind.Cluster, s.Cluster, port), sizes[s.Cluster]));
        for (var i = 0; i < endpoints.Length; i++)
        {
            states.Place(endpoints[i], place.Name, ofCluster[i], own);
        }

        return new TierLayout(place, endpoints, ofCluster, Array.ConvertAll(endpoints, static s => s.Upstream), own);
    }

    // A newcomer among known ones is neither shunned nor stormed.
    private void StartAtMedian(List<(EndpointState State, bool IsNew)> members, double now)
    {
        if (!members.Exists(static m => m.IsNew))
        {
            return;
        }

        double[] scores = [.. members.Select(static m => m.State.Score).Where(static s => !double.IsNaN(s)).Order()];
        if (scores.Length == 0)
        {
            return;
        }

        foreach (var (state, isNew) in members)
        {
            if (isNew)
            {
                states.StartCost(state, scores[(scores.Length - 1) / 2], now);
            }
        }
    }
}
