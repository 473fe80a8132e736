using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P5;

/// <summary>What it costs that one endpoint changes, in catalogs from small to large.</summary>
internal sealed class ChangeBenchmark : IBenchmark
{
    private const int Changes = 4000;
    private const int WarmUps = 4000;
    private const int CompilerWarmUps = 60_000;
    private const double GoalMicroseconds = 20;

    // Flat: caches and the collector's larger heap may cost something, a walk through the catalog would cost a hundred times.
    private const double GoalGrowth = 2;
    private const int BarWidth = 40;

    private static readonly int[] Sizes = [1000, 3000, 10_000, 30_000, 100_000];

    public string Name => "P5";

    public string Title => "one endpoint changes, 1,000 to 100,000 endpoints in the catalog, 10 per service (--million: 1,000,000 too)";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments.FirstOrDefault(static a => a != "--million") is { } unknown)
        {
            throw new ArgumentException($"P5 has no option '{unknown}'; it has --million.", nameof(arguments));
        }

        var found = new List<ChangeMeasured>();

        // The first bed warms the code up for all: until the compiler has done with it, the first size would pay for the others.
        await MeasureAsync(Sizes[0], CompilerWarmUps, cancellationToken);
        foreach (var size in (int[])[.. Sizes, .. arguments.Count > 0 ? [1_000_000] : Array.Empty<int>()])
        {
            found.Add(await MeasureAsync(size, WarmUps, cancellationToken));
        }

        var judged = found.Where(static f => f.Size <= Sizes[^1]).ToList();
        var worst = judged.Max(static f => f.Median);
        var growth = judged[^1].Median / judged[0].Median;
        var longest = found.Max(static f => f.Median);
        return new BenchmarkReport(
            worst <= GoalMicroseconds && growth <= GoalGrowth,
            string.Create(CultureInfo.InvariantCulture, $"{worst:0.0} µs at most, {growth:0.00} × from {judged[0].Size:N0} to {judged[^1].Size:N0} endpoints, {judged[^1].Bytes:0} B kept per endpoint"),
            string.Create(CultureInfo.InvariantCulture, $"≤ {GoalMicroseconds:0} µs, flat"),
            ["Endpoints", "median", "least", "p99", "kept per endpoint", "median, drawn"],
            [
                .. found.Select(f => (IReadOnlyList<string>)
                [
                    f.Size.ToString("N0", CultureInfo.InvariantCulture),
                    Microseconds(f.Median),
                    Microseconds(f.Least),
                    Microseconds(f.P99),
                    string.Create(CultureInfo.InvariantCulture, $"{f.Bytes:0} B"),
                    new string('#', (int)Math.Round(BarWidth * f.Median / longest)),
                ]),
            ],
            [
                string.Create(CultureInfo.InvariantCulture, $"From the call of `ICatalogSink.Upsert` with a service one of whose ten endpoints has another address, until the next pick of that service has returned: checking the contribution, merging, publishing, retiring the endpoint that went, laying out the new table and picking from it. {Changes:N0} changes, in turn in 50 services that are in use, after {WarmUps:N0} to warm up; the catalog's own notice of the change runs on another thread meanwhile."),
                string.Create(CultureInfo.InvariantCulture, $"Judged: the largest median up to {Sizes[^1]:N0} endpoints, and its growth over that range, of which up to {GoalGrowth:0} × counts as flat. Kept: what the catalog holds after a full collection, services, names and indexes included, divided by the endpoints."),
            ]);
    }

    // A method of its own, so that no bed is still held while the next one's memory is measured.
    private static async Task<ChangeMeasured> MeasureAsync(int size, int warmUps, CancellationToken cancellationToken)
    {
        // Not on the stack of the measurement before, which holds its bed.
        await Task.Yield();
        await using var bed = await ChangeBed.StartAsync(size, cancellationToken);
        for (var i = 0; i < warmUps; i++)
        {
            bed.Change();
        }

        cancellationToken.ThrowIfCancellationRequested();
        double[] times = [.. Enumerable.Range(0, Changes).Select(_ => bed.Change()).Order()];
        return new ChangeMeasured(size, times[times.Length / 2], times[0], times[times.Length * 99 / 100], bed.BytesPerEndpoint);
    }

    private static string Microseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} µs");
}
