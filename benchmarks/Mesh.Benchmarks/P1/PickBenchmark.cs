using System.Diagnostics;
using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P1;

/// <summary>What a pick costs: every algorithm, from 10 to 10,000 endpoints, beside the least that any rotation could cost.</summary>
internal sealed class PickBenchmark : IBenchmark
{
    private const int Rounds = 101;
    private const int Counted = 25;
    private const int WarmUps = 3;
    private const int GoalSize = 1000;
    private const int GoalThreads = 2;
    private const double GoalNanoseconds = 80;

    private static readonly int[] Sizes = [10, 100, GoalSize, 10_000];
    private static readonly string[] Algorithms = ["least-request", "round-robin", "random", "ring-hash", "maglev", "weighted-by-utilization"];

    public string Name => "P1";

    public string Title => "a pick, per algorithm and number of endpoints, beside an array index + Interlocked; 1 and 2 threads";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var rows = new List<IReadOnlyList<string>>();
        var goal = new Measured(double.NaN, double.NaN, double.NaN);
        var ratio = double.NaN;
        var sessions = new List<string>();
        foreach (var size in Sizes)
        {
            await using var bed = await PickBed.StartAsync(size, Algorithms, cancellationToken);
            sessions.Add(string.Create(CultureInfo.InvariantCulture, $"of {size:N0} endpoints {SessionNanoseconds(bed):N0} ns"));
            foreach (var threads in (int[])[1, 2])
            {
                var found = Measure(bed, threads, cancellationToken).ConvertAll(static all => Measured.Undisturbed(all, Counted));
                var medians = found.ConvertAll(Measured.MedianOf);
                rows.Add(
                [
                    Number(size),
                    Number(threads),
                    .. medians.Select((median, i) => string.Create(CultureInfo.InvariantCulture, $"{median.Nanoseconds:0} ({Measured.LeastOf(found[i]).Nanoseconds:0}) ns, {median.Bytes:0.##} B")),
                    string.Create(CultureInfo.InvariantCulture, $"{medians[PickBed.References].Nanoseconds / medians[0].Nanoseconds:0.0}"),
                    string.Create(CultureInfo.InvariantCulture, $"{medians[PickBed.References].Running:0.00}"),
                ]);
                if (size == GoalSize && threads == GoalThreads)
                {
                    goal = medians[PickBed.References];
                    ratio = goal.Nanoseconds / medians[0].Nanoseconds;
                }
            }
        }

        return new BenchmarkReport(
            goal.Nanoseconds <= GoalNanoseconds && goal.Bytes == 0,
            goal.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"≤ {GoalNanoseconds:0} ns, 0 B"),
            ["Endpoints", "Threads", "index + Interlocked", "two counters", .. Algorithms.Select(static a => a == Algorithms[0] ? $"**{a}**" : a), "least-request, subset of 100", "least-request, a route each", "least-request + report", "× index", "running"],
            rows,
            [
                "A pick here is the whole of `ServiceRoute.Pick` and `EndpointState.Release`: checking that the table is current, the limit of requests in flight, choosing, " +
                "and counting both up and down. `+ report` adds `EndpointState.Report` of a success: reading the clock, the moving average, the success window.",
                string.Create(CultureInfo.InvariantCulture, $"Time per pick and thread while the threads pick from the same route: the median, and in brackets the least, of the {Counted} of {Rounds} interleaved rounds (of {PickRun.Picks:N0} picks each, after {WarmUps} to warm up) in which other processes took least of the cores, told by the CPU time used. Running: the median part of the time for which least-request's threads had them; well below 1, the times are the machine's and not the pick's. Bytes are what all threads allocated. Judged: the median at {GoalSize:N0} endpoints on {GoalThreads} threads, here {ratio:0.0} × the index."),
                "All algorithms choose among all endpoints here (`SubsetSize` 0); the subset of 100 is the default, which is all of them up to 100. Hashing has a random key for each pick and no bound to keep. " +
                "Of weighted-by-utilization nobody reports; its clock is read for each pick.",
                $"A session's pick looks at every endpoint (rendezvous hashing), on one thread: {string.Join("; ", sessions)}.",
                TableCost.Describe(cancellationToken),
                "Index + Interlocked is one shared atomic counter and an array look-up, without counting what is in flight. Envoy publishes 216 ns for its power-of-two-choices pick.",
                "Two counters is the least that a choice of two by requests in flight can cost: read two counters that all threads write, count one up and down, and begin the next when this one has ended. On several threads it is the price of cache lines that move between cores, and the pick's time above one thread's is that; asking for both lines as their writer before they are read (a store, with or without a fence) was measured and saves nothing. A route each: two threads that pick from two services and share nothing but the machine; what that costs more than one thread is the machine's (virtual processors that share a core), and no pick could avoid it. Where a host moves virtual processors between near and far cores, times on two threads fall into two groups, a factor of two apart, from run to run and within a run: the two counters tell which it was.",
            ]);
    }

    private static double SessionNanoseconds(PickBed bed)
    {
        const int Times = 11;
        const int Picks = 2000;
        var found = new double[Times];
        for (var i = 0; i < 2 * Times; i++)
        {
            bed.Session.Loop(Picks);
        }

        for (var i = 0; i < Times; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            bed.Session.Loop(Picks);
            found[i] = Stopwatch.GetElapsedTime(begun).TotalNanoseconds / Picks;
        }

        Array.Sort(found);
        return found[Times / 2];
    }

    private static List<List<Measured>> Measure(PickBed bed, int threads, CancellationToken cancellationToken)
    {
        // Interleaved, so that what else the machine does meets all alike.
        var found = bed.Contestants.Select(static _ => new List<Measured>()).ToList();
        for (var round = -WarmUps; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < bed.Contestants.Count; i++)
            {
                var measured = PickRun.OnThreads(bed.Contestants[i].Loop, threads);
                if (round >= 0)
                {
                    found[i].Add(measured);
                }
            }
        }

        return found;
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
