using System.Globalization;
using Mesh.Benchmarks.Fleets.Simulation;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.Fleets;

/// <summary>Fleets of clusters in virtual time, routed by the engine: what each rule of spill-over makes of losses, crowds and bad reports.</summary>
internal sealed class FleetsBenchmark : IBenchmark
{
    private const string Plots = "--plots";
    private const string Seeds = "--seeds";
    private const int Seed = 20261128;

    private static readonly (SpillOver Rule, string Name)[] Rules = [(SpillOver.Capacity, "**capacity**"), (SpillOver.Health, "1.4 rule"), (SpillOver.None, "failover")];

    public string Name => "Fleets";

    public string Title => "simulated fleets of clusters that lose one, are flooded or misinformed: spill-over by capacity beside Envoy's 1.4 rule and plain failover";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (folder, seeds) = (default(string), 0);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            switch (arguments[i])
            {
                case Plots when i + 1 < arguments.Count:
                    folder = arguments[i + 1];
                    break;
                case Seeds when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out seeds) && seeds is > 0 and <= 100:
                    break;
                default:
                    throw new ArgumentException($"Fleets has no options '{string.Join(' ', arguments)}'; it has {Plots} FOLDER and {Seeds} NUMBER, from 1 to 100.", nameof(arguments));
            }
        }

        var found = new List<Outcome[]>();
        foreach (var scenario in Scenarios.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.Add([.. Rules.Select(r => scenario.Run(r.Rule, Seed))]);
            Console.Error.WriteLine(string.Join("  ", Row(found[^1], 0)));
        }

        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, scenario) in ((string, Scenario)[])[("fits", Scenarios.Fits(10)), ("no-room", Scenarios.DoesNotFit(10)), ("back", Scenarios.ComesBack())])
            {
                var outcomes = found.First(f => f[0].Scenario.Name == scenario.Name);
                await File.WriteAllTextAsync(Path.Combine(folder, $"spill-{name}.svg"), FleetPlot.Draw(outcomes, [.. Rules.Select(static r => r.Name.Trim('*'))]), cancellationToken);
            }
        }

        var judged = found.SelectMany(static f => f[0].Scenario.Judges.Select(r => (Requirement: r, IsMet: f[0].Meets(r, f[1])))).ToArray();
        var byRequirement = judged.GroupBy(static j => j.Requirement).OrderBy(static g => g.Key)
            .Select(static g => string.Create(CultureInfo.InvariantCulture, $"({(int)g.Key}) {g.Count(static j => j.IsMet)} of {g.Count()}"));
        return new BenchmarkReport(
            judged.All(static j => j.IsMet),
            string.Join(", ", byRequirement) + " scenarios",
            "all of each requirement",
            ["scenario", "rule", "goodput", "failed", "shed", "fullest", "settled", "swing", "back: 5 s, end", "requirements"],
            [.. found.SelectMany(static f => Enumerable.Range(0, Rules.Length).Select(i => Row(f, i)))],
            [
                "Virtual time; callers and their routing are the engine's own code (`MeshRouter`), pods are queues with four workers and 200 requests per second of capacity. A pod that is full refuses, which costs it 35 % of the work of serving: at 245 % it serves half of what it could. Answers carry the pod's utilisation, averaged over a second; nobody knows of a cluster what its answers have not told. A refused request is sent once more within the retry budget, as by default.",
                "Clusters are alpha (16 pods), beta (4), gamma (8) unless the scenario says otherwise; alpha's callers spill to beta first. The disturbance comes at 20 s. Goodput: served of what could be served, from 2 s after it on (10 s where load or slowness grows and nothing is lost). Failed and shed: requests from then on that their caller saw fail, or that were turned away at once; in brackets what failed before that. Fullest: the largest part of a cluster's capacity that was asked of it in any two seconds from then on. Settled and swing: until the shares of the concerned callers stay within three points, and how far they stray after ten seconds.",
                "Requirements: 1 it fits, so nothing fails, nothing is shed, nobody above 105 %; 2 it does not fit, so goodput is at least 90 % and the rest is shed, not failed (at most 1 % of the requests); 3 settled within 10 s, swing at most 3 points; 4 back bit by bit (at most half after 5 s) and completely, without a failure; 5 the same with 1, 10 and 1,000 callers; 6 without reports, or with bad ones, no less goodput than the 1.4 rule. The verdict judges capacity alone, by one seed.",
                .. seeds > 0 ? SeedSweep.Run(Seed + 1, seeds, cancellationToken) : [],
            ]);
    }

    private static string[] Row(Outcome[] outcomes, int index)
    {
        var outcome = outcomes[index];
        return
        [
            outcome.Scenario.Name,
            Rules[index].Name,
            Figure(outcome.Goodput, "0.0 %"),
            Figure(outcome.Failed, "#,0") + (outcome.FailedAtFirst > 0 ? Figure(outcome.FailedAtFirst, " (+#,0)") : ""),
            Figure(outcome.Shed, "#,0"),
            Figure(outcome.WorstUtilization, "0 %"),
            Figure(outcome.SettlingSeconds, "0 s"),
            Figure(outcome.Swing, "0.0"),
            double.IsNaN(outcome.ShareSoonAfter) ? "" : Figure(outcome.ShareSoonAfter, "0 %, ") + Figure(outcome.ShareAtLast, "0 %"),
            string.Join(", ", outcome.Scenario.Judges.Select(r => $"{(int)r} {(outcome.Meets(r, outcomes[1]) ? "met" : "missed")}")),
        ];
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
