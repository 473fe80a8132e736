using System.Globalization;
using System.Text;
using Mesh.Routes;
using Mesh.Tables;

namespace Mesh.Explaining;

/// <summary>Says why a request has no endpoint, and what to do.</summary>
internal static class FailureWriter
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <param name="state">The service.</param>
    /// <param name="table">Its table.</param>
    /// <param name="status">How the pick ended.</param>
    /// <param name="refusedTier">The tier whose algorithm chose nobody, or −1.</param>
    public static RouteFailure Describe(ServiceState state, RoutingTable table, PickStatus status, int refusedTier = -1)
    {
        var layout = table.Layout;
        var context = state.Router;
        var service = state.Name;
        var (message, retryAfter) = status switch
        {
            PickStatus.Pending => (
                $"Service {service} is not known yet: the sources have not all delivered their first state{Within(context.Options.InitialSyncTimeout)}. {Sources(context)}",
                Soon),
            PickStatus.UnknownService => (
                Unknown(context, layout, service),
                (TimeSpan?)null),
            PickStatus.NoSuchPort => ($"Service {service} has {layout.Port?.Reason ?? "no port that fits"}.", null),
            PickStatus.Unreachable => ($"Service {service} has endpoints, but none that can be dialled from here: {Unreachable(layout)}.", null),
            PickStatus.TooManyRequests => (
                string.Create(CultureInfo.InvariantCulture, $"{state.Load.InFlight} requests to service {service} are under way in this process, and {table.Policy.MaxRequestsInFlight} are allowed (MaxRequestsInFlight). Slow down, or raise it."),
                Soon),
            PickStatus.Shed => (
                string.Create(CultureInfo.InvariantCulture, $"The clusters of service {service} cannot carry all of its requests: {100 * table.Shares.Shed:0.#} % are answered at once so that the others can be served (SpillOver Capacity). Slow down, or scale it up."),
                Soon),
            _ => ($"Service {service} has no usable endpoint{(table.FirstUsable >= 0 ? " left" : "")}: {Unusable(context, table, refusedTier)}.", Soon),
        };
        return new RouteFailure(status, service, $"{message.TrimEnd()} {ClusterWriter.Describe(context, layout)}", retryAfter);
    }

    private static string Within(TimeSpan limit) => limit > TimeSpan.Zero ? $" within {Phrases.Of(limit)}" : ", and requests do not wait for them (InitialSyncTimeout is 0)";

    private static string InView(ServiceView view) => view switch
    {
        ServiceView.OwnCluster => " of the own cluster (svc.cluster.local means that one alone)",
        ServiceView.ClusterSet => " that is exported (svc.clusterset.local means those alone)",
        _ => "",
    };

    private static string Unknown(RouterContext context, TableLayout layout, ServiceName service)
    {
        var problems = LeftOut(Quarantine.Of(context.Catalog, service, layout.Snapshot));
        if (problems.Length != 0)
        {
            // It is there, and was not taken: looking for a slip in the name would lead nowhere.
            return $"Service {service} was left out of the catalog. {problems}. {Sources(context)}";
        }

        var meant = context.Nearest.Find(service) is { } nearest ? $" Did you mean {nearest}?" : "";
        return $"No cluster has a service {service}{InView(layout.View)}.{meant} Check the name and namespace{Exporting(layout)}. {Sources(context)}";
    }

    private static string LeftOut(IEnumerable<CatalogProblem> problems) =>
        string.Join("; ", problems.Take(3).Select(static p => $"{p.Subject}{(p.Cluster.IsNone ? "" : $" of cluster {p.Cluster}")}: {p.Message.TrimEnd('.')}"));

    private static string Exporting(TableLayout layout)
    {
        if (layout.View == ServiceView.OwnCluster)
        {
            return "";
        }

        string[] kept =
        [
            .. (layout.Snapshot?.Contributions ?? []).Where(static c => !c.Service.IsExported)
                .Select(static c => c.Service.ExportObstacle is { } obstacle ? $"{c.Cluster} ({obstacle})" : c.Cluster.Name).Distinct(),
        ];
        return (kept.Length == 0 ? "" : $", export it (ServiceExport) in {string.Join(", ", kept)}") + ", and that its namespace is watched";
    }

    private static string Sources(RouterContext context)
    {
        if (context.Catalog.Sources.Count == 0)
        {
            return "The mesh has no source, so it knows no service: add one (AddKubernetesCluster, AddFile, Mesh:Clusters). ";
        }

        var text = new StringBuilder();
        foreach (var source in context.Catalog.Sources)
        {
            if (source.Failure is not null)
            {
                text.Append("Source ").Append(source.Name).Append(" fails: ").Append(source.Failure.TrimEnd('.')).Append(". ");
            }
            else if (!source.IsSynced)
            {
                text.Append("Source ").Append(source.Name).Append(" has not delivered its first state. ");
            }
        }

        return text.ToString();
    }

    private static string Unreachable(TableLayout layout) =>
        string.Join("; ", layout.Snapshot!.Contributions.Select(c => (c.Cluster, Described: layout.Topology.DescribedBy(c)))
            .Where(c => !layout.Topology.Dials(layout.Topology.ReachOf(c.Cluster, c.Described))).Select(c => layout.Topology.AdviceFor(c.Cluster, c.Described)).Distinct());

    private static string Unusable(RouterContext context, RoutingTable table, int refusedTier)
    {
        var layout = table.Layout;
        if ((uint)refusedTier < (uint)table.Tiers.Length)
        {
            var tier = table.Tiers[refusedTier];
            var returned = tier.Refused is { } index ? string.Create(CultureInfo.InvariantCulture, $": it returned {index}") : "";
            return string.Create(CultureInfo.InvariantCulture, $"the algorithm '{table.Policy.LoadBalancing}' (LoadBalancing) chose none of the {tier.Endpoints.Length} that it was offered in tier '{tier.Layout.Place.Name}'{returned}. An index into PickContext.Endpoints is one of them, anything else nobody. Look at the algorithm");
        }

        if (table.FirstUsable >= 0)
        {
            var usable = table.Tiers.Sum(static t => t.Endpoints.Length);
            return string.Create(CultureInfo.InvariantCulture, $"the request has tried {(usable == 1 ? "the only one" : $"all {usable}")} that may be picked now, and a failed try is not repeated where it failed. Look at the backends");
        }

        if (layout.Tiers.Length != 0)
        {
            var members = layout.Tiers.SelectMany(static t => t.Members).ToArray();
            var reasons = members.Select(static m => m.EjectionReason).OfType<string>().Distinct().Take(3);
            return string.Create(CultureInfo.InvariantCulture, $"all {members.Length} are ejected ({string.Join("; ", reasons)}). They are probed again by themselves; look at the backends");
        }

        if (layout is not { Snapshot: { } snapshot, Port.Port: { } port })
        {
            return "it has none";
        }

        var wrong = layout.UnknownTargets.Count == 0 ? "" : $"Targets names {string.Join(", ", layout.UnknownTargets.Take(3).Select(static c => $"'{c}'"))}, which no source describes: check the name, clusters are {layout.Topology.Names}; ";
        var leftOut = new List<LeftOutExplanation>();
        new CandidateSelection(layout.Topology, LayoutBuilder.PlanOf(layout.Policy, layout.Topology), leftOut).Select(snapshot, layout.View, port);
        if (leftOut.Count == 0)
        {
            // What was brought and not taken is no matter of its scale.
            var problems = LeftOut(Quarantine.Of(context.Catalog, snapshot.Name, snapshot));
            return problems.Length == 0 ? "no cluster brings any. Scale it up, or check its selector" : $"no cluster brings any that was taken. {problems}";
        }

        return wrong + string.Join("; ", leftOut.GroupBy(static l => (l.Cluster, l.Reason))
            .Select(static g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} in {g.Key.Cluster}: {g.Key.Reason}")));
    }
}
