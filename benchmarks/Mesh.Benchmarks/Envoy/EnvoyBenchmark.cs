using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.Envoy;

/// <summary>Whether requests are shared out as a real Envoy shares them, with the same policy, over the same backends, and the same of them down.</summary>
internal sealed class EnvoyBenchmark : IBenchmark
{
    private const int Hosts = 12;
    private const int Requests = 6_000;
    private const int WarmUp = 400;
    private const int Callers = 8;

    // Both are random: their difference has √2 times the deviation of one. Five of them: about one figure in a million lies beyond by chance.
    private const double Deviations = 5;

    public string Name => "Envoy";

    public string Title => "shares of levels, clusters and hosts, beside a real Envoy over the same backends with the same policy";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var backends = await Backends.StartAsync(Hosts, cancellationToken);
        await using var envoy = await EnvoyProcess.StartAsync(EnvoyConfig.Of(backends.Ports), cancellationToken);
        await using var mesh = await MeshedClient.StartAsync(cancellationToken);
        using var plain = new HttpClient();
        var rows = new List<IReadOnlyList<string>>();
        var (missed, most) = (0, 0d);
        foreach (var scenario in Scenario.All)
        {
            backends.Set(scenario.Hosts);
            await mesh.SetAsync(scenario.Service, scenario.Hosts, backends.Ports, cancellationToken);
            await envoy.SeesAsync(scenario.Service, scenario.Hosts, backends.Ports, cancellationToken);

            // Envoy's worker hears of it a little after its main thread.
            await SharesAsync(plain, new Uri(envoy.Address, scenario.Service.ToString()), scenario, backends.Ports, WarmUp, cancellationToken);
            var theirs = await SharesAsync(plain, new Uri(envoy.Address, scenario.Service.ToString()), scenario, backends.Ports, Requests, cancellationToken);
            var ours = await SharesAsync(mesh.Client, MeshedClient.AddressOf(scenario.Service), scenario, backends.Ports, Requests, cancellationToken);
            var worst = theirs.Zip(ours).Select(static s => (Difference: Math.Abs(s.First - s.Second), Bound: Bound((s.First + s.Second) / 2))).MaxBy(static d => d.Difference / d.Bound);
            missed += worst.Difference > worst.Bound ? 1 : 0;
            most = Math.Max(most, worst.Difference);
            rows.Add([scenario.Title, scenario.Well, Percents(theirs), Percents(ours), Points(worst.Difference), Points(worst.Bound)]);
        }

        return new BenchmarkReport(
            missed == 0,
            string.Create(CultureInfo.InvariantCulture, $"{rows.Count - missed} of {rows.Count} distributions are Envoy's, the largest difference {Points(most)}"),
            "every difference within the bound of chance",
            ["policy", "well", "Envoy", "mesh", "difference", "bound"],
            rows,
            [
                string.Create(CultureInfo.InvariantCulture, $"{Requests:N0} requests each, {Callers} at a time, by `HttpClient`: to Envoy {envoy.Version}, and through the mesh with `SpillOver.Health`. Shares are percent of clusters, in the order of their levels; of hosts with round robin."),
                string.Create(CultureInfo.InvariantCulture, $"Twelve backends of one Kestrel on loopback. Who is down fails Envoy's HTTP health checks, and is not ready in the mesh's catalog. The difference shown is the one nearest to its bound, which is {Deviations:0} standard deviations of the difference of two samples, and a request."),
                "Envoy: static endpoints with priorities; weighted localities (`locality_weighted_lb_config`); `ROUND_ROBIN` with `load_balancing_weight`; defaults otherwise (overprovisioning 1.4, panic at 50 %). Mesh: `Failover`, `ActiveActive` with weights, `round-robin`.",
            ]);
    }

    private static double Bound(double part) => Deviations * Math.Sqrt(2 * part * (1 - part) / Requests) + 1.0 / Requests;

    private static async Task<double[]> SharesAsync(HttpClient client, Uri uri, Scenario scenario, int[] ports, int requests, CancellationToken cancellationToken)
    {
        var counts = new int[scenario.ByHost ? scenario.Hosts.Length : scenario.Hosts.Max(static h => h.Cluster) + 1];
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken }, async (_, stop) =>
        {
            using var response = await client.GetAsync(uri, stop);
            var port = int.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(stop), CultureInfo.InvariantCulture);
            var host = Array.IndexOf(ports, port);
            Interlocked.Increment(ref counts[scenario.ByHost ? host : scenario.Hosts[host].Cluster]);
        });
        return Array.ConvertAll(counts, c => (double)c / requests);
    }

    private static string Percents(double[] parts) => string.Join(" / ", parts.Select(static p => (100 * p).ToString("0.0", CultureInfo.InvariantCulture)));

    private static string Points(double part) => string.Create(CultureInfo.InvariantCulture, $"{100 * part:0.00} points");
}
