using System.Globalization;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P7;

/// <summary>A cluster is killed under load, over real sockets: what spill-over by capacity makes of it, beside the 1.4 rule and plain failover.</summary>
internal sealed class LossBenchmark : IBenchmark
{
    private const string Serve = "serve";
    private const string Silent = "silent";
    private const int WarmUpSeconds = 10;
    private const int AfterSeconds = 20;
    private const int JudgedAfter = 2;
    private const int Window = 2;

    private static readonly (string Name, int Pods)[] Clusters = [("alpha", 8), ("beta", 2), ("gamma", 4)];
    private static readonly (string Name, double[] Load)[] Loads = [("room", [0.35, 0.3, 0.3]), ("no room", [0.6, 0.4, 0.4])];

    private static readonly (string Name, SpillOver Rule, bool Reports)[] Rules =
    [
        ("**capacity**", SpillOver.Capacity, true),
        ("capacity, no reports", SpillOver.Capacity, false),
        ("1.4 rule", SpillOver.Health, true),
        ("failover", SpillOver.None, true),
    ];

    public string Name => "P7";

    public string Title => "the largest of three clusters is killed under steady load, survivors with and without room, beside Envoy's 1.4 rule and plain failover";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments is [Serve or Silent, var name, var pods])
        {
            // A cluster's process, which has no report of its own.
            await BackendCluster.RunAsync(name, int.Parse(pods, CultureInfo.InvariantCulture), says: arguments[0] == Serve, cancellationToken);
            Environment.Exit(0);
        }

        var found = new List<(string Load, string Rule, Loss Loss)>();
        foreach (var (load, parts) in Loads)
        {
            foreach (var (rule, spillOver, reports) in Rules)
            {
                found.Add((load, rule, await RunAsync(spillOver, reports, parts, cancellationToken)));
                Console.Error.WriteLine(string.Join("  ", Row(found[^1])));
                found[^1].Loss.Reasons.ForEach(Console.Error.WriteLine);
            }
        }

        var (room, noRoom) = (found[0].Loss, found[Rules.Length].Loss);
        var isMet = room.Failed + room.FailedAtFirst == 0 && room.Shed == 0 && room.Fullest <= 1.05 && noRoom.Goodput >= 0.9 && noRoom.Failed <= 0.01 * noRoom.Begun;
        return new BenchmarkReport(
            isMet,
            string.Create(CultureInfo.InvariantCulture, $"room: {room.Failed + room.FailedAtFirst} failed, {room.Shed} shed, fullest {room.Fullest:0 %}; no room: goodput {noRoom.Goodput:0 %} of what is left, {noRoom.Failed} failed, {noRoom.Shed} shed"),
            "room: 0 failed, 0 shed, ≤ 105 %; no room: ≥ 90 %, the rest shed",
            ["survivors have", "rule", "goodput", "failed", "shed", "fullest", "tries per request"],
            [.. found.Select(static f => (IReadOnlyList<string>)Row(f))],
            [
                string.Create(CultureInfo.InvariantCulture, $"Three processes of Kestrel servers on loopback: alpha 8 pods, beta 2, gamma 4, each four workers at 40 ms and a queue of 50, so 100 requests per second, and 503 beyond. In each cluster one `HttpClient` with the mesh asks at a steady rate, however answers come: with room 35 %, 30 % and 30 % of what its own cluster serves (together 77 % of what is left), without 60 %, 40 % and 40 % (120 %). After {WarmUpSeconds} s alpha's process is killed; {AfterSeconds} s more are measured."),
                "Failed and shed: requests as their caller saw them end from 2 s after the kill on, in brackets failed before. Goodput: served of what could be served since then. Fullest: the largest part of a survivor's capacity that arrived there, second tries included, in any two seconds since then. Answers say how busy their pod is; without reports they do not.",
                .. found.Where(static f => f.Loss.Reasons.Count > 0).Select(static f => $"Failed with {f.Load}, {f.Rule}: {string.Join("; ", f.Loss.Reasons)}."),
            ]);
    }

    private static string[] Row((string Load, string Rule, Loss Loss) found) =>
    [
        found.Load,
        found.Rule,
        found.Loss.Goodput.ToString("0.0 %", CultureInfo.InvariantCulture),
        found.Loss.Failed.ToString("#,0", CultureInfo.InvariantCulture) + (found.Loss.FailedAtFirst > 0 ? found.Loss.FailedAtFirst.ToString(" (+#,0)", CultureInfo.InvariantCulture) : ""),
        found.Loss.Shed.ToString("#,0", CultureInfo.InvariantCulture),
        found.Loss.Fullest.ToString("0 %", CultureInfo.InvariantCulture),
        found.Loss.TriesPerRequest.ToString("0.00", CultureInfo.InvariantCulture),
    ];

    private static async Task<Loss> RunAsync(SpillOver rule, bool reports, double[] load, CancellationToken cancellationToken)
    {
        var clusters = new List<ClusterProcess>();
        var callers = new List<ClusterCaller>();
        try
        {
            foreach (var (name, pods) in Clusters)
            {
                clusters.Add(await ClusterProcess.StartAsync(name, ["P7", reports ? Serve : Silent, name, pods.ToString(CultureInfo.InvariantCulture)], cancellationToken));
            }

            foreach (var (name, _) in Clusters)
            {
                callers.Add(await ClusterCaller.StartAsync(name, rule, clusters));
            }

            var run = new LossRun();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var asking = callers.Select((c, i) => Task.Run(() => c.AskAsync(load[i] * clusters[i].Capacity, run, end.Token), CancellationToken.None)).ToArray();
            for (var second = 0; second <= WarmUpSeconds + AfterSeconds; second++)
            {
                await run.WaitForAsync(second, cancellationToken);
                run.Sample();
                if (second == WarmUpSeconds)
                {
                    clusters[0].Kill();
                }
            }

            await end.CancelAsync();
            await Task.WhenAll(asking);
            return Judge(run, clusters, load);
        }
        finally
        {
            foreach (var caller in callers)
            {
                await caller.DisposeAsync();
            }

            clusters.ForEach(static c => c.Dispose());
        }
    }

    private static Loss Judge(LossRun run, List<ClusterProcess> clusters, double[] load)
    {
        var (from, to) = (WarmUpSeconds + JudgedAfter, WarmUpSeconds + AfterSeconds);
        ClusterProcess[] survivors = [.. clusters.Skip(1)];
        var demand = clusters.Select((c, i) => c.Capacity * load[i]).Sum();
        var possible = Math.Min(demand, survivors.Sum(static c => c.Capacity)) * (to - from);
        var fullest = survivors.Max(c => Enumerable.Range(from, to - Window - from + 1).Max(t => run.Tries(c.Name, t, t + Window) / (c.Capacity * Window)));
        var begun = run.Begun(from, to);
        return new Loss(
            run.Count(Ending.Served, from, to) / possible,
            run.Count(Ending.Failed, from, to),
            run.Count(Ending.Failed, WarmUpSeconds, from),
            run.Count(Ending.Shed, from, to),
            begun,
            fullest,
            survivors.Sum(c => run.Tries(c.Name, from, to)) / (double)Math.Max(1, begun - run.Count(Ending.Shed, from, to)),
            [.. run.Reasons.OrderByDescending(static r => r.Value).ThenBy(static r => r.Key, StringComparer.Ordinal).Select(static r => string.Create(CultureInfo.InvariantCulture, $"{r.Value:#,0} × {r.Key}"))]);
    }

    /// <summary>What a loss came to.</summary>
    private sealed record Loss(double Goodput, int Failed, int FailedAtFirst, int Shed, int Begun, double Fullest, double TriesPerRequest, List<string> Reasons);
}
