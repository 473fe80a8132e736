using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P2;

/// <summary>What the mesh costs a request: the same client with and without it, and with the framework's own service discovery, all to one server in another process.</summary>
internal sealed class RequestBenchmark : IBenchmark
{
    private const string Serve = "serve";
    private const int WarmUpRounds = 6;
    private const int MostRounds = 41;
    private const int LeastRounds = 9;
    private const double GoalCpu = 1.05;
    private const double GoalThroughput = 0.97;
    private const double GoalBytes = 350;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(80);

    public string Name => "P2";

    public string Title => "a request by HttpClient through the mesh, beside the same HttpClient without it and with Microsoft.Extensions.ServiceDiscovery";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments is [Serve])
        {
            // The other process: it has no report of its own.
            await Server.RunAsync(cancellationToken);
            Environment.Exit(0);
        }

        using var server = await ServerProcess.StartAsync([Name, Serve], cancellationToken);
        await using var bare = await Contestant.BareAsync(server.Port);
        await using var mesh = await Contestant.MeshAsync(server.Port);
        await using var discovery = await Contestant.ServiceDiscoveryAsync(server.Port);
        Contestant[] contestants = [bare, mesh, discovery];
        var rounds = await MeasureAsync(contestants, cancellationToken);

        // Each round is compared with the bare one beside it, so that what else the machine does falls out.
        var cpu = Ratios(rounds, static m => m.CpuMicroseconds);
        var throughput = Ratios(rounds, static m => m.PerSecond);
        var bytes = contestants.Select((_, i) => Median(rounds.Select(r => r[i].Bytes - r[0].Bytes))).ToArray();
        var isMet = cpu[1] <= GoalCpu && throughput[1] >= GoalThroughput && bytes[1] <= GoalBytes && cpu[1] < cpu[2] && bytes[1] < bytes[2];
        return new BenchmarkReport(
            isMet,
            string.Create(CultureInfo.InvariantCulture, $"CPU {cpu[1]:0.000} ×, throughput {throughput[1]:0.000} ×, {bytes[1]:+0;-0;0} B; ServiceDiscovery {cpu[2]:0.000} ×, {throughput[2]:0.000} ×, {bytes[2]:+0;-0;0} B"),
            string.Create(CultureInfo.InvariantCulture, $"CPU ≤ {GoalCpu:0.00} ×, throughput ≥ {GoalThroughput:0.00} ×, ≤ +{GoalBytes:0} B, ahead of ServiceDiscovery"),
            ["HttpClient", "CPU per request", "ratio", "requests per second", "ratio", "bytes per request", "more"],
            [.. contestants.Select((c, i) => (IReadOnlyList<string>)
            [
                c.Name,
                Figure(Median(rounds.Select(r => r[i].CpuMicroseconds)), "0.0 µs"),
                Figure(cpu[i], "0.000"),
                Figure(Median(rounds.Select(r => r[i].PerSecond)), "#,0"),
                Figure(throughput[i], "0.000"),
                Figure(Median(rounds.Select(r => r[i].Bytes)), "#,0 B"),
                Figure(bytes[i], "+0 B;-0 B;0 B"),
            ])],
            [
                string.Create(CultureInfo.InvariantCulture, $"`GET` of a 5-byte body over HTTP/1.1 from Kestrel in another process on loopback, {LoadRound.Callers} callers at a time, {LoadRound.Requests:N0} requests a round; {rounds.Count} interleaved rounds after {WarmUpRounds} to warm up, each round in another order."),
                "CPU is the client process's, user and kernel, per request; ratios are medians of each round's ratio to the bare client of the same round. Bytes are what the client process allocated.",
                "All three are clients of `IHttpClientFactory` without its loggers. The mesh routes `http://orders.sales/` by a catalog in memory with the default policy; service discovery resolves `http://orders/` from configuration.",
            ]);
    }

    private static async Task<List<Measured[]>> MeasureAsync(Contestant[] contestants, CancellationToken cancellationToken)
    {
        var rounds = new List<Measured[]>();
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        for (var round = -WarmUpRounds; round < MostRounds && (round < LeastRounds || time.GetElapsedTime(started) < Time); round++)
        {
            var measured = new Measured[contestants.Length];
            for (var i = 0; i < contestants.Length; i++)
            {
                var turn = (i + round + WarmUpRounds) % contestants.Length;
                measured[turn] = await LoadRound.RunAsync(contestants[turn], cancellationToken);
            }

            if (round >= 0)
            {
                rounds.Add(measured);
            }
        }

        return rounds;
    }

    private static double[] Ratios(List<Measured[]> rounds, Func<Measured, double> figure) =>
        [.. Enumerable.Range(0, rounds[0].Length).Select(i => Median(rounds.Select(r => figure(r[i]) / figure(r[0]))))];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
