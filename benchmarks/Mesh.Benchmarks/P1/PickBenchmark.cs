using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P1;

/// <summary>What a pick costs: every algorithm, from 10 to 10,000 endpoints, beside the least that any rotation could cost.</summary>
internal sealed class PickBenchmark : IBenchmark
{
    private const int Rounds = 41;
    private const int GoalSize = 1000;
    private const double GoalNanoseconds = 80;

    private static readonly int[] Sizes = [10, 100, GoalSize, 10_000];
    private static readonly string[] Algorithms = ["least-request", "round-robin", "random"];

    public string Name => "P1";

    public string Title => "a pick, per algorithm and number of endpoints, beside an array index + Interlocked; 2 threads";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var rows = new List<IReadOnlyList<string>>();
        var goal = new Measured(double.NaN, double.NaN);
        foreach (var size in Sizes)
        {
            var cells = new List<string> { size.ToString("N0", CultureInfo.InvariantCulture) };
            await using var bed = await PickBed.StartAsync(size, Algorithms, cancellationToken);

            // Interleaved, so that what else the machine does meets all alike.
            var found = bed.Contestants.Select(static _ => new List<Measured>()).ToArray();
            for (var round = -2; round < Rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < bed.Contestants.Count; i++)
                {
                    var measured = PickRun.OnTwoThreads(bed.Contestants[i].Loop);
                    if (round >= 0)
                    {
                        found[i].Add(measured);
                    }
                }
            }

            for (var i = 0; i < found.Length; i++)
            {
                var median = Measured.MedianOf(found[i]);
                cells.Add(median.ToString());
                if (size == GoalSize && bed.Contestants[i].Name == Algorithms[0])
                {
                    goal = median;
                }
            }

            rows.Add(cells);
        }

        return new BenchmarkReport(
            goal.Nanoseconds <= GoalNanoseconds && goal.Bytes == 0,
            goal.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"≤ {GoalNanoseconds:0} ns, 0 B"),
            ["Endpoints", "index + Interlocked", .. Algorithms.Select(static a => a == Algorithms[0] ? $"**{a}**" : a), "least-request + report"],
            rows,
            [
                "A pick here is the whole of `ServiceRoute.Pick` and `EndpointState.Release`: checking that the table is current, the limit of requests in flight, choosing, " +
                "and counting both up and down. `+ report` adds `EndpointState.Report` of a success: reading the clock, the moving average, the success window.",
                string.Create(CultureInfo.InvariantCulture, $"Time per pick and thread while two threads pick from the same route; median of {Rounds} interleaved rounds of {PickRun.Picks:N0} picks each, after two to warm up. Bytes are what both threads allocated."),
                "Index + Interlocked is one shared atomic counter and an array look-up, without counting what is in flight. Envoy publishes 216 ns for its power-of-two-choices pick.",
            ]);
    }
}
