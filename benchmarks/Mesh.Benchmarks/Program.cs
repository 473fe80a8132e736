using Mesh.Benchmarks.Envoy;
using Mesh.Benchmarks.P1;
using Mesh.Benchmarks.P2;
using Mesh.Benchmarks.Fleet;
using Mesh.Benchmarks.Fleets;
using Mesh.Benchmarks.P4;
using Mesh.Benchmarks.P5;
using Mesh.Benchmarks.P6;
using Mesh.Benchmarks.P7;
using Mesh.Benchmarks.P8;
using Mesh.Benchmarks.Reporting;

// One line per promise; each lives in a folder of its own.
IBenchmark[] benchmarks = [new PickBenchmark(), new RequestBenchmark(), new ListBenchmark(), new ChangeBenchmark(), new VisibleBenchmark(), new LossBenchmark(), new FleetBenchmark(), new FleetsBenchmark(), new StartBenchmark(), new EnvoyBenchmark()];

var results = Environment.GetEnvironmentVariable("MESH_BENCHMARK_RESULTS");
var name = args.FirstOrDefault() ?? "";
if (benchmarks.FirstOrDefault(b => string.Equals(b.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } benchmark)
{
    Console.Error.WriteLine($"No benchmark is named '{name}'. There are:");
    foreach (var known in benchmarks)
    {
        Console.Error.WriteLine($"  {known.Name}  {known.Title}");
    }

    return 2;
}

try
{
    using var interrupted = new CancellationTokenSource();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        interrupted.Cancel();
    };
    var report = await benchmark.RunAsync([.. args.Skip(1)], interrupted.Token);
    Console.WriteLine(MarkdownReport.Table(report));
    if (results is not null)
    {
        var file = Path.Combine(results, benchmark.Name + ".md");
        await File.WriteAllTextAsync(file, MarkdownReport.Render(benchmark, report, TimeProvider.System.GetLocalNow()));
    }

    Console.WriteLine(MarkdownReport.Verdict(benchmark, report));
    return 0;
}
catch (Exception e)
{
    Console.Error.WriteLine($"{benchmark.Name} could not measure: {e}");
    return 1;
}
