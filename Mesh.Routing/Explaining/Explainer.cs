using System.Collections.Immutable;
using System.Globalization;
using Mesh.Health;
using Mesh.Routes;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>Makes explanations from what picks themselves use: the route's table, and the same selection with somebody listening.</summary>
internal sealed class Explainer(RouterContext context, MeshRouter router)
{
    private readonly DateTimeOffset _now = context.Clock.Provider.GetUtcNow();

    public RouteExplanation Explain(string asked, ServicePolicy? clientPolicy)
    {
        var text = asked.Contains("://", StringComparison.Ordinal) ? asked : "http://" + asked;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            return new RouteExplanation { Asked = asked, Match = new HostMatch(HostKind.Foreign, "it is neither a host nor a URL") };
        }

        if (clientPolicy is { Enabled: false })
        {
            return new RouteExplanation { Asked = asked, Match = new HostMatch(HostKind.Foreign, "this client leaves the mesh out (Enabled is false in its policy)") };
        }

        var match = router.Match(uri);
        if (match.Kind != HostKind.Service)
        {
            return new RouteExplanation { Asked = asked, Match = match };
        }

        var route = router.GetRoute(match, clientPolicy);
        return Explain(asked, match, route.State, route.Table);
    }

    /// <summary>What a table does, whether or not requests use it.</summary>
    public RouteExplanation Explain(string asked, HostMatch match, ServiceState state, RoutingTable table)
    {
        var layout = table.Layout;
        var after = table.FirstUsable >= 0 ? PickStatus.Endpoint : table.Otherwise;
        var status = state.WouldWait() ? PickStatus.Pending : after;
        var leftOut = new List<LeftOutExplanation>();
        var selection = Select(layout, leftOut);
        return new RouteExplanation
        {
            Asked = asked,
            Match = match,
            Status = status,
            Wait = status == PickStatus.Pending ? Wait(after) : null,
            Failure = after == PickStatus.Endpoint ? null : FailureWriter.Describe(state, table, after).Message,
            View = layout.View,
            Port = layout.Port?.Port,
            PortReason = layout.Port?.Reason,
            Caller = layout.Topology.Caller.Locality,
            CallerNetwork = layout.Topology.Network,
            Revision = layout.Snapshot?.Revision,
            Age = layout.Snapshot is { } known ? Phrases.Age(known.ChangedAt, _now) : null,
            InFlight = state.Load.InFlight,
            RetriesLeft = (int)Math.Max(0, state.Budget.Remaining(table.Policy.RetryBudgetRatio, table.Policy.RetryBudgetMinimum)),
            Clusters = Clusters(layout),
            Tiers = Tiers(table, selection?.Gateways ?? []),
            Shed = 100 * table.Shares.Shed,
            SpillReason = state.DescribeSpill(table),
            LeavesCluster = 100 * Enumerable.Range(0, table.Tiers.Length).Where(t => !table.Tiers[t].Layout.Place.IsOwn).Sum(t => table.Shares[t]),
            Policy = PolicyExplainer.Explain(table.Policy),
            PolicyProblems =
            [
                .. layout.PolicyProblems,
                .. layout.UnknownTargets.Select(c => $"Targets names cluster '{c}', which no source describes: nothing goes there. Check its name; clusters are {layout.Topology.Names}."),
                .. context.Policies.Doubts(table.Policy),
                .. table.Tiers.Where(static t => t.Failure is not null).Select(t => $"The algorithm '{table.Policy.LoadBalancing}' (LoadBalancing) failed when it was told of tier '{t.Layout.Place.Name}', and each request there fails with what it throws: {t.Failure!.GetType().Name}: {t.Failure.Message}"),
            ],
            TopologyHints = selection?.Hints?.ToString(),
            Conflicts = layout.View == ServiceView.OwnCluster ? [] : layout.Snapshot?.Conflicts ?? [],
            LeftOut = [.. leftOut, .. Quarantine.Of(context.Catalog, match.Service, layout.Snapshot).Select(static p => new LeftOutExplanation(p.Cluster, p.Subject, $"quarantined: {p.Message}"))],
        };
    }

    private string? Wait(PickStatus after)
    {
        var limit = context.Options.InitialSyncTimeout;
        if (limit == TimeSpan.Zero)
        {
            return null;
        }

        // A source that has failed to connect is waited for only where nobody knows the service.
        var isKnown = after == PickStatus.Endpoint;
        string[] sources = [.. context.Catalog.Sources.Where(s => !s.IsSynced && !(isKnown && s.Failure is not null)).Select(static s => s.Failure is null ? s.Name : $"{s.Name} ({s.Failure.TrimEnd('.')})")];
        var what = sources.Length == 0 ? "the sources to say whether they have it" : $"the first state of {string.Join(", ", sources)}";
        return $"a request would wait up to {Phrases.Of(limit)} for {what}, then {(isKnown ? "go where the table says" : "fail unless the service has come")}";
    }

    private ImmutableArray<ClusterExplanation> Clusters(TableLayout layout)
    {
        var topology = layout.Topology;
        var counts = layout.Snapshot?.Contributions.GroupBy(static c => c.Cluster)
            .ToDictionary(static g => g.Key, static g => g.Sum(static c => c.Service.Segments.Sum(static s => s.Count))) ?? [];
        return
        [
            .. context.Catalog.Clusters.Select(static c => c.Cluster).Union(counts.Keys).Order().Select(id =>
            {
                var cluster = context.Catalog.FindCluster(id) ?? new ClusterSnapshot(id);

                // Where several sources bring endpoints of it, one of them may be dialled though another's cannot: what is left out is listed with its reason.
                ClusterSnapshot?[] described = [.. (layout.Snapshot?.Contributions ?? []).Where(c => c.Cluster == id).Select(topology.DescribedBy).DefaultIfEmpty(cluster)];
                Reach[] reaches = [.. described.Select(d => topology.ReachOf(id, d))];
                var parts = (layout.Snapshot?.Contributions ?? []).Where(c => c.Cluster == id).ToList();
                var exportedAt = parts.Where(static c => c.Service.IsExported).Min(static c => c.Service.ExportedAt);
                var reach = reaches.Contains(Reach.Direct) ? Reach.Direct : reaches.Max();
                return new ClusterExplanation(
                    id,
                    id == topology.Own,
                    cluster.Freshness,
                    cluster.Since == default ? null : Phrases.Age(cluster.Since, _now),
                    cluster.Detail,
                    reach,
                    topology.Dials(reach) ? null : topology.AdviceFor(id, described[0]),
                    cluster.Network,
                    cluster.Region,
                    cluster.Uid,
                    counts.TryGetValue(id, out var count) ? count : null,
                    layout.Tiers.Any(t => t.ClusterBreakers.Concat<Breaker?>(t.Upstream).Any(b => b is { IsOpen: true } && b.Cluster == id)))
                {
                    Drain = topology.DrainOf(id),
                    RenewalFailure = cluster.RenewalFailure,
                    IsSynced = ClusterWriter.IsSynced(context.Catalog, cluster),
                    IsExported = parts.Count == 0 ? null : parts.Exists(static c => c.Service.IsExported),
                    ExportedAt = exportedAt,
                    ExportedIn = exportedAt > _now ? exportedAt - _now : null,
                };
            }),
        ];
    }

    private ImmutableArray<TierExplanation> Tiers(RoutingTable table, IReadOnlyCollection<GatewayGroup> gateways) =>
    [
        .. WholePercents(ShownShares.Of(table), 100 * table.Shares.Shed).Select((share, index) =>
        {
            var tier = table.Tiers[index];
            var layout = tier.Layout;
            var weighed = tier.Endpoints.Length != 0 ? tier.Endpoints : layout.Members;
            var meanWeight = weighed.Average(static m => m.Weight);
            var isDown = layout.Breaker is { IsOpen: true } || !layout.Members.Where((_, j) => layout.IsUp(j)).Any();
            return new TierExplanation(
                layout.Place.Name,
                share,
                isDown,
                tier.Readmitted,
                [.. layout.Members.Select((m, j) => Endpoint(m, tier, layout.IsUp(j), meanWeight, gateways))])
            {
                Level = layout.Level,
                Weight = layout.Place.Weight,
                Healthy = table.Spill[index].Healthy,
                Total = table.Spill[index].Total,
                IsFull = table.Shares.IsFull(index),
                IsInPanic = table.Shares.IsInPanic(index),
                InUse = tier.InUse,
            };
        }),
    ];

    // What rounding leaves belongs to the tier that has the most.
    private static int[] WholePercents(double[] shares, double shed)
    {
        var whole = Array.ConvertAll(shares, static s => (int)Math.Round(s));
        if (shares.Sum() > 0)
        {
            whole[Array.IndexOf(shares, shares.Max())] += (int)Math.Round(100 - shed) - whole.Sum();
        }

        return whole;
    }

    private EndpointExplanation Endpoint(EndpointState endpoint, UsableTier tier, bool isUp, double meanWeight, IReadOnlyCollection<GatewayGroup> gateways)
    {
        var now = context.Clock.Now;
        var cost = endpoint.CostSeconds(now);
        var left = endpoint.BackAt - now;
        var phase = endpoint.Health.Phase;
        var upstream = endpoint.Upstream?.Reason;
        return new EndpointExplanation(
            endpoint.Cluster,
            WithPort(endpoint.Address, endpoint.Port),
            endpoint.Locality,
            Array.IndexOf(tier.Endpoints, endpoint) >= 0,
            phase switch
            {
                HealthPhase.Ejected => "ejected",
                HealthPhase.HalfOpen => "half-open, the next request probes it",
                HealthPhase.Probing => "probing",
                _ when endpoint.IsProbeDown => "probe failed",
                _ => isUp ? "healthy" : upstream is not null ? "what is behind it fails" : "down",
            },
            (phase == HealthPhase.Healthy && endpoint.IsProbeDown ? endpoint.Probes?.Reason : endpoint.EjectionReason) ?? upstream,
            (phase == HealthPhase.Ejected || endpoint.IsProbeDown) && left > 0 ? Phrases.Seconds(left) : null,
            double.IsNaN(cost) ? null : Phrases.Seconds(cost),
            endpoint.InFlight,
            endpoint.Weight,
            endpoint.Weight / meanWeight,
            endpoint.Health.ConsecutiveFailures)
        {
            IsPenalty = endpoint.HasPenalty(now),
            Utilization = double.IsNaN(endpoint.Load.Utilization) ? null : endpoint.Load.Utilization,
            UtilizationAge = double.IsNaN(endpoint.Load.Utilization) ? null : Phrases.Seconds(endpoint.Load.AgeAt(now)),
            Reach = endpoint.Reach,
            Behind = endpoint.Reach == Reach.Gateway ? Behind(endpoint, gateways) : [],
        };
    }

    private static ImmutableArray<BackendExplanation> Behind(EndpointState gateway, IReadOnlyCollection<GatewayGroup> gateways) =>
    [
        .. gateways.Where(g => g.Cluster == gateway.Cluster && g.Has(gateway.Address, gateway.Port)).SelectMany(static group =>
        {
            var counted = group.Counted.ToHashSet();
            return group.Backends.Select(b => new BackendExplanation(WithPort(b.Address, b.Port), b.Locality, counted.Contains(b), b.Weight));
        }),
    ];

    private static string WithPort(EndpointAddress address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(address.Kind == EndpointAddressKind.IPv6 ? $"[{address}]" : address.ToString())}:{port}");

    // What picks themselves do, with somebody listening.
    private static CandidateSelection? Select(TableLayout layout, List<LeftOutExplanation> leftOut)
    {
        if (layout is not { Snapshot: { } snapshot, Port.Port: { } port })
        {
            return null;
        }

        var selection = new CandidateSelection(layout.Topology, LayoutBuilder.PlanOf(layout.Policy, layout.Topology), leftOut);
        selection.Select(snapshot, layout.View, port);
        return selection;
    }
}
