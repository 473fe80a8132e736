using System.Globalization;
using Mesh.Benchmarks.Fleets.Simulation;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.Fleets;

/// <summary>The same stories with other random numbers than those that the law was made with: whether its figures hold, or fit one run only.</summary>
internal static class SeedSweep
{
    /// <summary>Paragraphs that say what came of them.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IReadOnlyList<string> Run(int first, int count, CancellationToken cancellationToken)
    {
        var rows = new List<string[]>();
        var (met, judged) = (0, 0);
        foreach (var scenario in Scenarios.All())
        {
            var runs = new List<(Outcome Capacity, Outcome? Health)>();

            // The other rule takes most of the time, and is asked for only by what is judged beside it.
            var isBeside = scenario.Judges.Contains(Requirement.NoWorseWithoutReports);
            for (var seed = first; seed < first + count; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                runs.Add((scenario.Run(SpillOver.Capacity, seed), isBeside ? scenario.Run(SpillOver.Health, seed) : null));
            }

            var verdicts = scenario.Judges.Select(r => (Requirement: r, Met: runs.Count(o => o.Capacity.Meets(r, o.Health ?? o.Capacity)))).ToArray();
            met += verdicts.Sum(static v => v.Met);
            judged += verdicts.Length * count;
            string[] row =
            [
                scenario.Name,
                Spread(runs.Select(static o => -o.Capacity.Goodput), static v => Figure(-v, "0.0 %")),
                isBeside ? Spread(runs.Select(static o => -o.Health!.Goodput), static v => Figure(-v, "0.0 %")) : "",
                Spread(runs.Select(static o => (double)(o.Capacity.Failed + o.Capacity.FailedAtFirst)), static v => Figure(v, "#,0")),
                Spread(runs.Select(static o => (double)o.Capacity.Shed), static v => Figure(v, "#,0")),
                Spread(runs.Select(static o => o.Capacity.WorstUtilization), static v => Figure(v, "0 %")),
                Spread(runs.Select(static o => o.Capacity.SettlingSeconds), static v => Figure(v, "0 s")),
                Spread(runs.Select(static o => o.Capacity.Swing), static v => Figure(v, "0.0")),
                string.Join(", ", verdicts.Select(v => string.Create(CultureInfo.InvariantCulture, $"{(int)v.Requirement}: {v.Met} of {count}"))),
            ];
            rows.Add(row);
            Console.Error.WriteLine(string.Join("  ", row));
        }

        var table = new BenchmarkReport(met == judged, "", "", ["scenario", "goodput", "1.4 rule's", "failed", "shed", "fullest", "settled", "swing", "requirements met"], rows, []);
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"With {count} other seeds ({first} to {first + count - 1}) {met} of {judged} verdicts are met. Each figure is the median, and in brackets the worst; failed are all from the disturbance on. The 1.4 rule is played where it is judged beside."),
            MarkdownReport.Table(table),
        ];
    }

    private static string Spread(IEnumerable<double> values, Func<double, string> text)
    {
        double[] sorted = [.. values.Order()];
        return $"{text(sorted[sorted.Length / 2])} ({text(sorted[^1])})";
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
