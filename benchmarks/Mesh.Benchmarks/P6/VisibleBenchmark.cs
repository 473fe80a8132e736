using System.Globalization;
using Mesh.Benchmarks.Clusters;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P6;

/// <summary>How long it takes from a write at an API server until requests go by it.</summary>
internal sealed class VisibleBenchmark : IBenchmark
{
    private const string Child = "write";
    private const int Rounds = 5;
    private const int Writes = 200;
    private const double Goal = 1.5;

    private static readonly int[] Sizes = [50, 200, 1000];

    public string Name => "P6";

    public string Title => "from a write at a real API server until a pick sees it, 5,000 to 100,000 endpoints loaded, beside KubernetesClient's own watch";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // A process of this program, which has no report of its own.
        if (arguments is [Child, ..])
        {
            var times = await WritingProcess.RunAsync([.. arguments.Skip(1)], cancellationToken);
            Console.WriteLine(string.Join(' ', times.Select(static t => t.ToString(CultureInfo.InvariantCulture))));
            Environment.Exit(0);
        }

        await using var cluster = await FilledCluster.StartAsync(new RealClusterOptions(), cancellationToken);
        var found = new List<(int Size, double[] Mesh, double[] Bare)>();
        var first = 1;
        foreach (var services in Sizes)
        {
            await cluster.GrowAsync(services, cancellationToken);
            var (mesh, bare) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                // The other one first each time.
                foreach (var kind in round % 2 == 0 ? (string[])[WritingProcess.Mesh, WritingProcess.Bare] : [WritingProcess.Bare, WritingProcess.Mesh])
                {
                    (kind == WritingProcess.Mesh ? mesh : bare).AddRange(await WriteAsync(cluster, kind, services, first, cancellationToken));
                    first += 10_000;
                }
            }

            found.Add((cluster.Endpoints, [.. mesh.Order()], [.. bare.Order()]));
        }

        var (_, ours, theirs) = found[^1];
        var ratio = At(ours, 99) / At(theirs, 99);
        return new BenchmarkReport(
            ratio <= Goal,
            string.Create(CultureInfo.InvariantCulture, $"p50 {At(ours, 50):0.0} ms, p99 {At(ours, 99):0.0} ms, {ratio:0.00} × the bare watch's {At(theirs, 99):0.0} ms"),
            string.Create(CultureInfo.InvariantCulture, $"p99 ≤ {Goal} ×"),
            ["endpoints", "who", "p50", "p90", "p99", "longest"],
            [.. found.SelectMany(static f => new[] { Row(f.Size, "**mesh, to a pick**", f.Mesh), Row(f.Size, "bare watch", f.Bare) })],
            [
                string.Create(CultureInfo.InvariantCulture, $"From the sending of a `PUT` of an EndpointSlice with 100 endpoints, one of which has another address, until it is seen; the server's part is in it. {Rounds * Writes:N0} writes each, one after the other, in turn in 50 services, in {Rounds} interleaved rounds of processes of their own after 200 writes to warm up."),
                "The mesh sees it when the catalog's notice has come and a pick of that service has chosen from a table with the new address; the bare watch when the library has handed the slice over and it is in a dictionary. The mesh watches Services and Nodes beside.",
            ]);
    }

    private static async Task<double[]> WriteAsync(FilledCluster cluster, string kind, int services, int first, CancellationToken cancellationToken)
    {
        string[] numbers = [.. new[] { services, Writes, first }.Select(static n => n.ToString(CultureInfo.InvariantCulture))];
        var line = await ChildProcess.RunAsync(["P6", Child, kind, cluster.KubeconfigPath, .. numbers], cancellationToken);
        return [.. line.Split(' ').Select(static t => double.Parse(t, CultureInfo.InvariantCulture))];
    }

    private static double At(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];

    private static string[] Row(int size, string name, double[] times) =>
        [size.ToString("N0", CultureInfo.InvariantCulture), name, Figure(At(times, 50)), Figure(At(times, 90)), Figure(At(times, 99)), Figure(times[^1])];

    private static string Figure(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");
}
