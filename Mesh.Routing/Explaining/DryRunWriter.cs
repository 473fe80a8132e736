using System.Globalization;
using System.Text;

namespace Mesh.Explaining;

/// <summary>Sets a dry run as text: what would change, before and after.</summary>
internal static class DryRunWriter
{
    public static string Write(PolicyDryRun run)
    {
        var text = new StringBuilder("DRY RUN of a policy for ").Append(run.Before.Match.Kind == HostKind.Service ? run.Before.Match.Service.ToString() : run.Before.Asked).Append(": ");
        if (!run.Errors.IsEmpty)
        {
            text.Append("it cannot be followed.\n");
            Lines(text, "ERRORS", run.Errors);
            return text.ToString().TrimEnd();
        }

        if (run.After is not { } after)
        {
            return text.Append("the host is no service of the mesh. ").Append(run.Before.Match.Reason).Append('.').ToString();
        }

        if (run.ChangesNothing)
        {
            text.Append("it would change nothing.\n");
            Failure(text, run, after);
            return text.ToString().TrimEnd();
        }

        text.Append("nothing was changed.\n");
        Policy(text, run);
        Tiers(text, run);
        Endpoints(text, run);
        Lines(text, "NEW PROBLEMS", run.NewProblems);
        Lines(text, "PROBLEMS SOLVED", run.SolvedProblems);
        Failure(text, run, after);
        return text.ToString().TrimEnd();
    }

    // Also where they fail already, or a service whose name is misspelt would look as if all were well.
    private static void Failure(StringBuilder text, PolicyDryRun run, RouteExplanation after)
    {
        if (after.Failure is not null)
        {
            Lines(text, run.Before.Failure == after.Failure ? "REQUESTS FAIL NOW, AND STILL WOULD" : "REQUESTS WOULD FAIL", [after.Failure]);
        }
    }

    private static void Policy(StringBuilder text, PolicyDryRun run)
    {
        if (run.Policy.IsEmpty)
        {
            return;
        }

        text.Append("\nPOLICY\n");
        var table = new TextTable("FIELD", "NOW", "FROM", "THEN", "FROM");
        foreach (var field in run.Policy)
        {
            table.Add(field.Name, field.Before, Phrases.Of(field.BeforeOrigin), field.After, field.AfterOrigin == PolicyOrigin.Service ? "this policy" : Phrases.Of(field.AfterOrigin));
        }

        table.WriteTo(text);
    }

    private static void Tiers(StringBuilder text, PolicyDryRun run)
    {
        if (run.Tiers.IsEmpty)
        {
            return;
        }

        text.Append("\nTIERS\n");
        var table = new TextTable("NOW", "THEN", "TIER");
        foreach (var tier in run.Tiers)
        {
            table.Add(Percent(tier.Before), Percent(tier.After), tier.Name);
        }

        table.WriteTo(text);
    }

    private static string Percent(int? share) => share is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent,3} %") : "  –";

    private static void Endpoints(StringBuilder text, PolicyDryRun run)
    {
        if (run.Endpoints.IsEmpty)
        {
            return;
        }

        // Forty that move alike are one line, not forty.
        const int Shown = 3;
        text.Append("\nENDPOINTS\n");
        foreach (var group in run.Endpoints.GroupBy(static e => (e.Cluster, e.Before, e.After)))
        {
            var addresses = group.Select(static e => e.Address).ToArray();
            var rest = addresses.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {addresses.Length - Shown} more") : "";
            var what = group.Key switch
            {
                { Before: null } => $"come in: {group.Key.After}",
                { After: null } => $"leave: {group.Key.Before}",
                _ => $"move: {group.Key.Before} → {group.Key.After}",
            };
            text.Append("  ").Append(group.Key.Cluster.IsNone ? "" : group.Key.Cluster + ", ").AppendJoin(", ", addresses.Take(Shown)).Append(rest).Append(' ').Append(what).Append('\n');
        }
    }

    private static void Lines(StringBuilder text, string head, IReadOnlyCollection<string> lines)
    {
        if (lines.Count != 0)
        {
            text.Append('\n').Append(head).Append('\n');
            foreach (var line in lines)
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }
    }
}
