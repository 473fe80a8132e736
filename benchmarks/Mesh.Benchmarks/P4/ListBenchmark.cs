using System.Globalization;
using Mesh.Benchmarks.Clusters;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P4;

/// <summary>What it costs to read a cluster's endpoints and to keep them.</summary>
internal sealed class ListBenchmark : IBenchmark
{
    private const string Child = "read";
    private const int Rounds = 7;
    private const double GoalTime = 1;
    private const double GoalCpu = 0.5;
    private const double GoalMemory = 0.2;

    private static readonly int[] Sizes = [10, 100, 1000];

    public string Name => "P4";

    public string Title => "a catalog of 1,000 to 100,000 endpoints from a real API server, 100 per service, beside KubernetesClient's typed lists";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // A process of this program, which has no report of its own.
        if (arguments is [Child, ..])
        {
            Console.WriteLine(await ListingProcess.RunAsync([.. arguments.Skip(1)], cancellationToken));
            Environment.Exit(0);
        }

        await using var cluster = await FilledCluster.StartAsync(new RealClusterOptions(), cancellationToken);
        var found = new List<(int Size, Measured[] Mesh, Measured[] Typed)>();
        foreach (var services in Sizes)
        {
            await cluster.GrowAsync(services, cancellationToken);
            found.Add(await MeasureAsync(cluster, cancellationToken));
        }

        var (_, mesh, typed) = found[^1];
        var time = Ratio(mesh, typed, static m => m.Milliseconds);
        var cpu = Ratio(mesh, typed, static m => m.CpuMilliseconds);
        var memory = Median(mesh, static m => m.Megabytes) / Median(typed, static m => m.Megabytes);
        return new BenchmarkReport(
            time <= GoalTime && cpu <= GoalCpu && memory <= GoalMemory,
            string.Create(CultureInfo.InvariantCulture, $"{time:0.00} × the time, {cpu:0.00} × the CPU, {memory:0.00} × the memory, {Median(mesh, static m => m.Megabytes):0.0} MB"),
            string.Create(CultureInfo.InvariantCulture, $"≤ {GoalTime:0} ×, ≤ {GoalCpu} ×, ≤ {GoalMemory} ×"),
            ["endpoints", "reader", "cold start", "CPU", "of it JIT", "kept", "per endpoint", "warm", "warm CPU"],
            [.. found.SelectMany(static f => new[] { Row(f.Size, "**mesh**", f.Mesh), Row(f.Size, "typed lists", f.Typed) })],
            [
                string.Create(CultureInfo.InvariantCulture, $"From the making of the catalog, or of the client, until all services are there, each in a process of its own that has run nothing yet; {Rounds} interleaved rounds, medians; ratios are medians of each round's ratio. Warm is the same again in the same process, the middle of five."),
                "The catalog is the whole connector: it asks who the cluster is, reads Services, EndpointSlices and Nodes, joins and publishes them, and has its watches open. The peer lists the same three types at once from the server's cache and keeps the objects; it watches nothing.",
                "Kept is what the heap holds more than at the start, after a full collection: everything that is reachable from the catalog, connection and watches included.",
                "CPU is all threads' of the reading process, the JIT's background threads included; the JIT's part is what the runtime counts (`JitInfo.GetCompilationTime`).",
            ]);
    }

    private static async Task<(int Size, Measured[] Mesh, Measured[] Typed)> MeasureAsync(FilledCluster cluster, CancellationToken cancellationToken)
    {
        var size = cluster.Endpoints.ToString(CultureInfo.InvariantCulture);
        var (mesh, typed) = (new List<Measured>(), new List<Measured>());
        for (var round = -1; round < Rounds; round++)
        {
            // The other one first each time.
            foreach (var kind in round % 2 == 0 ? (string[])[ListingProcess.Mesh, ListingProcess.Typed] : [ListingProcess.Typed, ListingProcess.Mesh])
            {
                var measured = Measured.Parse(await ChildProcess.RunAsync(["P4", Child, kind, cluster.KubeconfigPath, size], cancellationToken));
                if (round >= 0) (kind == ListingProcess.Mesh ? mesh : typed).Add(measured);
            }
        }

        return (cluster.Endpoints, [.. mesh], [.. typed]);
    }

    private static string[] Row(int size, string name, Measured[] rounds) =>
    [
        size.ToString("N0", CultureInfo.InvariantCulture),
        name,
        Figure(Median(rounds, static m => m.Milliseconds), "0 ms"),
        Figure(Median(rounds, static m => m.CpuMilliseconds), "0 ms"),
        Figure(Median(rounds, static m => m.CompilerMilliseconds), "0 ms"),
        Figure(Median(rounds, static m => m.Megabytes), "0.0 MB"),
        Figure(Median(rounds, static m => m.Megabytes) * 1e6 / size, "0 B"),
        Figure(Median(rounds, static m => m.WarmMilliseconds), "0 ms"),
        Figure(Median(rounds, static m => m.WarmCpuMilliseconds), "0 ms"),
    ];

    private static double Ratio(Measured[] mesh, Measured[] typed, Func<Measured, double> value) => Median(mesh.Zip(typed, (m, t) => value(m) / value(t)));

    private static double Median(Measured[] rounds, Func<Measured, double> value) => Median(rounds.Select(value));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
