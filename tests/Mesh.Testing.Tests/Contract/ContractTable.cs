using System.Globalization;
using System.Text;

namespace Mesh.Contract;

/// <summary>Providers across, behaviours down: for people at the end of a run, in Markdown for the documentation.</summary>
internal static class ContractTable
{
    public static string Text(Func<string, Type, int, string> cell)
    {
        var rows = Behaviours.All.Select(behaviour => (
            Title: string.Create(CultureInfo.InvariantCulture, $"{behaviour.Number,2} {behaviour.Title}"),
            Cells: BehaviourSelection.Providers.Select(one => cell(one.Provider.Name, one.Tests, behaviour.Number)).ToList())).ToList();
        var width = rows.Max(static row => row.Title.Length);
        var columns = BehaviourSelection.Providers.Select((one, i) => Math.Max(one.Provider.Name.Length, rows.Max(row => row.Cells[i].Length))).ToList();
        var text = new StringBuilder().Append("the contract".PadRight(width));
        for (var i = 0; i < columns.Count; i++) text.Append("  ").Append(BehaviourSelection.Providers[i].Provider.Name.PadRight(columns[i]));
        foreach (var (title, cells) in rows)
        {
            text.AppendLine().Append(title.PadRight(width));
            for (var i = 0; i < columns.Count; i++) text.Append("  ").Append(cells[i].PadRight(columns[i]));
        }

        return text.ToString();
    }

    /// <summary>What each provider is asked, as it stands in <c>docs/contract.md</c>.</summary>
    public static string Markdown()
    {
        var providers = BehaviourSelection.Providers;
        var text = new StringBuilder()
            .Append("| # | behaviour | needs | ").AppendJoin(" | ", providers.Select(static one => one.Provider.Name)).Append(" |\n|---|---|---|");
        foreach (var _ in providers) text.Append("---|");
        foreach (var behaviour in Behaviours.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n| {behaviour.Number} | {behaviour.Title} | {behaviour.Need.Describe()} | ")
                .AppendJoin(" | ", providers.Select(one => BehaviourSelection.Tests(one.Tests, behaviour.Number).Count > 0 ? "✓" : "–")).Append(" |");
        }

        return text.ToString();
    }
}
