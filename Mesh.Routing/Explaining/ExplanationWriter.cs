using System.Globalization;
using System.Text;

namespace Mesh.Explaining;

/// <summary>Sets an explanation as text.</summary>
internal static class ExplanationWriter
{
    public static string Write(RouteExplanation e)
    {
        var text = new StringBuilder();
        if (e.Match.Kind != HostKind.Service)
        {
            var verdict = e.Match.Kind == HostKind.Undecided ? "not decided yet, passed on" : "not of the mesh, passed on untouched";
            return text.Append(e.Asked).Append(": ").Append(verdict).Append(".\n  because  ").Append(e.Match.Reason).ToString();
        }

        Head(text, e);
        Tiers(text, e);
        Clusters(text, e);
        Conflicts(text, e);
        LeftOut(text, e);
        Policy(text, e);
        return text.ToString().TrimEnd();
    }

    private static void Head(StringBuilder text, RouteExplanation e)
    {
        text.Append(e.Asked).Append(" → ").Append(e.Match.Service);
        if (e.Port is { } port)
        {
            text.Append(CultureInfo.InvariantCulture, $", port {port.Port}");
            text.Append(port.Name.Length == 0 ? "" : $" '{port.Name}'");
        }

        text.Append('\n');
        Line(text, "host", $"{e.Match.Reason} ({Phrases.Of(e.View)})");
        if (e is { PortReason: not null, Port: not null })
        {
            Line(text, "port", e.PortReason);
        }

        Line(text, "caller", $"{(e.Caller == default ? "place not known" : e.Caller.ToString())}, {(e.CallerNetwork is null ? "no network named" : $"network {e.CallerNetwork}")}");
        if (e.TopologyHints is not null)
        {
            Line(text, "hints", e.TopologyHints);
        }

        Line(text, "state", e.Revision is null
            ? "not known"
            : string.Create(CultureInfo.InvariantCulture, $"revision {e.Revision}, unchanged for {Phrases.Of(e.Age ?? TimeSpan.Zero)}; {e.InFlight} requests under way, {e.RetriesLeft} retries left"));
        if (e.Wait is not null)
        {
            Line(text, "WAITS", e.Wait);
        }
        else if (e.Failure is not null)
        {
            Line(text, "FAILS", e.Failure);
        }

        foreach (var problem in e.PolicyProblems)
        {
            Line(text, "policy", $"problem: {problem}");
        }
    }

    private static void Tiers(StringBuilder text, RouteExplanation e)
    {
        if (e.Tiers.IsEmpty)
        {
            return;
        }

        text.Append("\nTIERS, nearest first\n");
        var table = new TextTable("SHARE", "TIER, ENDPOINT", "PLACE", "HEALTH", "WEIGHT", "COST", "= LATENCY × (IN FLIGHT / RELATIVE WEIGHT + 1)");
        foreach (var tier in e.Tiers)
        {
            table.Add(string.Create(CultureInfo.InvariantCulture, $"{tier.Share,3} %"), tier.Name, State(tier));
            foreach (var endpoint in tier.Endpoints)
            {
                var name = endpoint.Reach == Reach.Gateway ? $"  gateway {endpoint.Address}" : "  " + endpoint.Address;
                table.Add("", name, endpoint.Locality.ToString(), Health(endpoint), endpoint.Weight.ToString(CultureInfo.InvariantCulture), endpoint.Cost is { } cost ? Phrases.Of(cost) : "–", Parts(endpoint));
                Behind(table, endpoint);
            }
        }

        table.WriteTo(text);
        if (e.Shed > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Math.Round(e.Shed),3} %  shed: answered 503 at once, since nobody can carry it\n");
        }

        if (e.SpillReason is { } reason && (e.Shed > 0 || e.Tiers.Count(static t => t.Share > 0) > 1))
        {
            text.Append("  by capacity: ").Append(reason).Append('\n');
        }
    }

    private static string State(TierExplanation tier)
    {
        string?[] parts =
        [
            tier.Weight is { } weight ? weight == 0 ? "spare" : string.Create(CultureInfo.InvariantCulture, $"weight {weight}") : null,
            tier.Healthy < tier.Total ? string.Create(CultureInfo.InvariantCulture, $"{tier.Healthy:0.#} of {tier.Total:0.#} well") : null,
            tier.IsDown ? "down: connections fail, single requests try it" : null,
            tier.IsFull ? "full: nothing is tried again there" : null,
            tier.Readmitted > 0 ? string.Create(CultureInfo.InvariantCulture, $"{tier.Readmitted} ejected taken back: nobody else could take over") : null,
            tier.InUse < tier.Endpoints.Count(static e => e.IsUsable) ? string.Create(CultureInfo.InvariantCulture, $"this process uses {tier.InUse} of them (SubsetSize)") : null,
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static void Behind(TextTable table, EndpointExplanation gateway)
    {
        const int Shown = 3;
        foreach (var backend in gateway.Behind.Where(static b => b.IsCounted).Take(Shown))
        {
            table.Add("", "    → " + backend.Address, backend.Locality.ToString(), "", backend.Weight.ToString(CultureInfo.InvariantCulture), "", "  behind it");
        }

        var rest = gateway.Behind.Count(static b => b.IsCounted) - Shown;
        if (rest > 0)
        {
            table.Add("", string.Create(CultureInfo.InvariantCulture, $"    → and {rest} more"), "");
        }
    }

    private static string Health(EndpointExplanation e)
    {
        var left = e.EjectedFor is { } time ? $" for {Phrases.Of(time)} more" : "";
        var reason = e.Reason is null ? "" : $": {e.Reason}";
        var failures = e.Reason is null && e.Failures > 0 ? string.Create(CultureInfo.InvariantCulture, $", {e.Failures} {(e.Failures == 1 ? "failure" : "failures")} in a row") : "";
        return e.Health + left + reason + failures;
    }

    private static string Parts(EndpointExplanation e) =>
        string.Create(CultureInfo.InvariantCulture, $"  {(e.Latency is { } latency ? Phrases.Of(latency) + (e.IsPenalty ? " (penalty of a failure)" : "") : "?")} × ({e.InFlight} / {e.RelativeWeight:0.##} + 1)");

    private static void Clusters(StringBuilder text, RouteExplanation e)
    {
        if (e.Clusters.IsEmpty)
        {
            return;
        }

        text.Append("\nCLUSTERS\n");
        // Where every cluster lets others use all it has there is nothing to say.
        var exports = e.Clusters.Any(static c => c.IsExported == false || c.ExportedAt is not null);
        var table = new TextTable(["CLUSTER", "FRESHNESS", "REACH", "NETWORK", "REGION", "ENDPOINTS", .. exports ? (string[])["EXPORTED"] : [], "UID"]);
        foreach (var c in e.Clusters)
        {
            table.Add(
            [
                c.Cluster + (c.IsOwn ? " (own)" : ""),
                (c.IsSynced ? "synced" : Phrases.Of(c.Freshness)) + (c is { Age: { } age, IsSynced: false } ? $" for {Phrases.Of(age)}" : "") + (c.IsDown ? ", DOWN" : "") + (c.Drain > 0 ? string.Create(CultureInfo.InvariantCulture, $", drained by {c.Drain} %") : ""),
                Phrases.Of(c.Reach),
                c.Network ?? "–",
                c.Region ?? "–",
                c.Endpoints?.ToString(CultureInfo.InvariantCulture) ?? "–",
                .. exports ? (string[])[Exported(c)] : [],
                c.Uid ?? "–",
            ]);
        }

        table.WriteTo(text);
        foreach (var c in e.Clusters)
        {
            if (c.Detail is not null && c.Freshness != ClusterFreshness.Live)
            {
                text.Append("  ").Append(c.Cluster).Append(": ").Append(c.Detail).Append('\n');
            }

            if (c.RenewalFailure is not null)
            {
                text.Append("  ").Append(c.Cluster).Append(": ").Append(Phrases.NotRenewed).Append(c.RenewalFailure).Append('\n');
            }
        }
    }

    private static string Exported(ClusterExplanation c) => c switch
    {
        { IsExported: null } => "–",
        { IsExported: false } => "no",
        { ExportedAt: { } since } => string.Create(CultureInfo.InvariantCulture, $"{since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z{(c.ExportedIn is { } ahead ? $" ({Phrases.Of(ahead)} ahead: a clock is wrong)" : "")}"),
        _ => "yes",
    };

    private static void Conflicts(StringBuilder text, RouteExplanation e)
    {
        if (e.Conflicts.IsEmpty)
        {
            return;
        }

        text.Append("\nCONFLICTS between exports\n");
        foreach (var conflict in e.Conflicts)
        {
            text.Append("  ").Append(conflict.Cluster).Append(": ").Append(conflict.Message).Append('\n');
        }
    }

    private static void LeftOut(StringBuilder text, RouteExplanation e)
    {
        if (e.LeftOut.IsEmpty)
        {
            return;
        }

        // A cluster of forty pods that cannot be dialled is one line, not forty.
        const int Shown = 3;
        text.Append("\nLEFT OUT\n");
        foreach (var group in e.LeftOut.GroupBy(static l => (l.Cluster, l.Reason)))
        {
            var subjects = group.Select(static l => l.Subject).ToArray();
            var rest = subjects.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {subjects.Length - Shown} more") : "";
            text.Append("  ").Append(group.Key.Cluster.IsNone ? "" : group.Key.Cluster + ", ")
                .AppendJoin(", ", subjects.Take(Shown)).Append(rest).Append(": ").Append(group.Key.Reason).Append('\n');
        }
    }

    private static void Policy(StringBuilder text, RouteExplanation e)
    {
        text.Append("\nPOLICY\n");
        var table = new TextTable("FIELD", "VALUE", "FROM");
        foreach (var field in e.Policy.OrderBy(static f => f.Origin == PolicyOrigin.MeshDefault))
        {
            table.Add(field.Name, field.Value, Phrases.Of(field.Origin));
        }

        table.WriteTo(text);
    }

    private static void Line(StringBuilder text, string name, string value) => text.Append("  ").Append(name.PadRight(8)).Append(value).Append('\n');
}
