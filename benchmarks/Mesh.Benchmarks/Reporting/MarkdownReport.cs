using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Mesh.Benchmarks.Reporting;

/// <summary>The committed form of a report.</summary>
internal static class MarkdownReport
{
    public static string Render(IBenchmark benchmark, BenchmarkReport report, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(benchmark.Name).Append(": ").AppendLine(benchmark.Title).AppendLine();
        text.AppendLine(Verdict(benchmark, report)).AppendLine();
        text.Append(Table(report)).AppendLine();
        foreach (var note in report.Notes)
        {
            text.AppendLine(note).AppendLine();
        }

        text.Append(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Trim()}, ")
            .Append(CultureInfo.InvariantCulture, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}. ")
            .AppendLine("Compare ratios within one run; absolute times depend on the machine and the hour.");
        return text.ToString();
    }

    public static string Verdict(IBenchmark benchmark, BenchmarkReport report) =>
        $"{benchmark.Name} {(report.Met ? "met" : "missed")}: {report.Figures} (goal {report.Goal})";

    public static string Table(BenchmarkReport report)
    {
        var widths = report.Columns.Select((column, i) => Math.Max(column.Length, report.Rows.Select(r => r[i].Length).DefaultIfEmpty(3).Max())).ToArray();
        var text = new StringBuilder();
        Line(report.Columns.Select((c, i) => c.PadRight(widths[i])));
        Line(widths.Select(static w => new string('-', w)));
        foreach (var row in report.Rows)
        {
            Line(row.Select((c, i) => c.PadRight(widths[i])));
        }

        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
    }
}
