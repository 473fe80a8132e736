using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Soak;

/// <summary>
/// Three clusters, two apps under steady load, policies that change every second, and faults by lot that overlap. Cluster gamma and the ways to it are spared, so that each service has an
/// endpoint that lives: no request may be lost, and none may be answered by another service.
/// </summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private const string Orders = "orders.sales";
    private const string Payments = "payments.sales";

    private static readonly string[] Urls = [$"http://{Orders}/", $"http://{Payments}/"];
    private static readonly string[] Faulty = ["alpha", "beta"];

    private readonly MeshFixture _mesh;
    private readonly Random _random;
    private readonly PolicyFile _policies;
    private readonly FixtureApp[] _apps;
    private FixtureLoad[] _loads = [];
    private readonly Answers _answers = new();
    private readonly List<(int Left, string Name, Func<Task> Heal)> _open = [];
    private readonly HashSet<string> _blind = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;

    private SoakRun(MeshFixture mesh, int seed)
    {
        _mesh = mesh;
        _random = new Random(seed);
        _policies = new PolicyFile(new Random(seed + 1), Orders, Payments);
        _apps = [.. Faulty.Select(cluster => mesh.App(cluster, node: "n1", o => o.ConfigureMesh(c => c.AddFile(_policies.Path))))];
        _writing = WritePoliciesAsync();
    }

    public Answers Answers => _answers;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string During => _open.Count == 0 ? "nothing" : string.Join(", ", _open.Select(static o => o.Name));

    public static async Task<SoakRun> StartAsync(int seed)
    {
        var mesh = await MeshFixture.StartAsync(
            m =>
            {
                m.Seed = seed;
                m.Cluster("alpha", region: "eu", zone: "eu-1").Node("n2", zone: "eu-2")
                    .Cluster("beta", region: "eu", zone: "eu-2").Node("n2")
                    .Cluster("gamma", region: "us")
                    .Service(Orders, replicas: 4).Service(Payments, replicas: 3);
            },
            Stop);
        var run = new SoakRun(mesh, seed);
        foreach (var app in run._apps)
        {
            await app.WaitForSyncAsync(Stop);
        }

        run._loads = [.. run._apps.Select(static a => a.StartLoad(Urls, workers: 4, pause: TimeSpan.FromMilliseconds(2)))];
        await run.LoadAsync(50);
        return run;
    }

    /// <summary>Every fault once, in an order of its own.</summary>
    public async Task RideAsync(SoakFault[] faults)
    {
        _random.Shuffle(faults);
        foreach (var fault in faults)
        {
            await BreakAsync(fault);
            await LoadAsync(_random.Next(20, 150));
            await HealAsync(all: false);
        }
    }

    /// <summary>Ends every fault, and looks at what came of the last requests.</summary>
    public async Task SettleAsync()
    {
        await HealAsync(all: true);
        await LoadAsync(50);
    }

    /// <summary>How many bytes are in use, and how many endpoints the apps' routers hold.</summary>
    public (long Bytes, int Endpoints, int Files) Measure()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), _apps.Sum(static a => a.Services.GetRequiredService<MeshRouter>().Endpoints.Count), Directory.GetFiles("/proc/self/fd").Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_answers}; {_policies.Written} policies");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        foreach (var load in _loads)
        {
            await load.DisposeAsync();
        }

        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        _policies.Dispose();
        await _mesh.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task WritePoliciesAsync()
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await second.WaitForNextTickAsync(_stopping.Token))
            {
                _policies.Write();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task LoadAsync(int more)
    {
        await Task.WhenAll(_loads.Select(l => l.WaitForAsync(more, Stop)));
        foreach (var load in _loads)
        {
            _answers.Add(load.Take(), During);
        }
    }

    // Each fault lasts for some of the ones that follow.
    private async Task HealAsync(bool all)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var (left, name, heal) = _open[i];
            if (left > 0 && !all)
            {
                _open[i] = (left - 1, name, heal);
                continue;
            }

            await heal();
            _open.RemoveAt(i);
        }
    }

    private void Lasts(string name, Func<Task> heal) => _open.Add((_random.Next(4), name, heal));

    private async Task BreakAsync(SoakFault fault)
    {
        var cluster = Faulty[_random.Next(Faulty.Length)];
        var link = _mesh.Link(Faulty[_random.Next(Faulty.Length)], cluster);
        var service = _random.Next(2) == 0 ? Orders : Payments;
        var name = $"{fault} in {cluster}";
        switch (fault)
        {
            case SoakFault.LinkCut:
                link.Cut();
                Lasts(name, () => Do(link.Restore));
                break;
            case SoakFault.LinkSilent:
                (_random.Next(2) == 0 ? link.Forward : link.Backward).BlackHole();
                Lasts(name, () => Do(link.Restore));
                break;
            case SoakFault.LinkSlow:
                link.Slow(TimeSpan.FromMilliseconds(_random.Next(5, 150)));
                Lasts(name, () => Do(link.Restore));
                break;
            case SoakFault.LinkReset:
                link.Reset();
                break;
            case SoakFault.PodsMove when !_blind.Contains(cluster):
                await _mesh[cluster].Pods(service, node: _random.Next(2) == 0 ? "n1" : "n2").ReplaceAsync(Stop);
                break;
            case SoakFault.PodsScale when !_blind.Contains(cluster):
                await _mesh[cluster].ScaleAsync(service, _random.Next(7), Stop);
                break;
            case SoakFault.PodDies:
                await DieAsync(cluster, service, name, SilentAddress.Refuses);
                break;
            case SoakFault.PodHangs:
                await DieAsync(cluster, service, name, SilentAddress.Hangs);
                break;
            case SoakFault.PodFails:
                FailSome(cluster, service, name);
                break;
            case SoakFault.ApiServerStops when _blind.Add(cluster):
                await _mesh[cluster].ApiServer.StopAsync(Stop);
                Lasts(name, () => SeeAgainAsync(cluster));
                break;
            case SoakFault.AddressReused:
                await ReuseAsync();
                break;
        }
    }

    private async Task DieAsync(string cluster, string service, string name, SilentAddress then)
    {
        if (Any(_mesh[cluster].Pods(service)) is not { IsRunning: true } pod)
        {
            return;
        }

        await pod.StopAsync(then);
        Lasts(name, async () =>
        {
            // One that was replaced meanwhile is gone for good, and its address with it.
            if (_mesh[cluster].Pods(service).Contains(pod))
            {
                await pod.StartAsync(Stop);
            }
        });
    }

    private void FailSome(string cluster, string service, string name)
    {
        if (Any(_mesh[cluster].Pods(service)) is not { } pod)
        {
            return;
        }

        pod.Faults.ErrorRate = 1;
        Lasts(name, () => Do(pod.Faults.Clear));
    }

    private async Task SeeAgainAsync(string cluster)
    {
        await _mesh[cluster].ApiServer.StartAsync(Stop);
        foreach (var app in _apps)
        {
            await app.WaitForFreshnessAsync(cluster, ClusterFreshness.Live, Stop);
        }

        _blind.Remove(cluster);
    }

    // Alpha's API server is gone, one of its pods too, and beta gives the address to the other service. Whose image takes longer to start than a watch takes to tell.
    private async Task ReuseAsync()
    {
        await HealAsync(all: true);
        var (stale, taker) = (_mesh["alpha"], _mesh["beta"]);
        if (Any(stale.Pods(Orders)) is not { } pod)
        {
            return;
        }

        _open.Add((0, $"{SoakFault.AddressReused} of {pod.Address}", static () => Task.CompletedTask));
        await stale.ApiServer.StopAsync(Stop);
        await Task.WhenAll(_apps.Select(a => a.WaitForFreshnessAsync("alpha", ClusterFreshness.Stale, Stop)));
        var before = taker.Pods(Payments).Count;
        var next = await taker.ReuseAddressAsync(Payments, pod, c => Task.WhenAll(_apps.Select(a => a.WaitUntilAsync(() => IsLeftOut(a, pod), c))), Stop);
        await LoadAsync(200);

        // Back in the other order: first it is nobody's, then everybody knows, then it is the old pod's again.
        await next.StopAsync();
        await taker.ScaleAsync(Payments, before, Stop);
        await Task.WhenAll(_apps.Select(a => a.WaitForPodsAsync(Payments, "beta", Stop)));
        if (taker.Pods(Payments).Contains(next))
        {
            throw new InvalidOperationException($"{next} was the youngest and should have gone first.");
        }

        await pod.StartAsync(Stop);
        await stale.ApiServer.StartAsync(Stop);
        await Task.WhenAll(_apps.Select(a => a.WaitForFreshnessAsync("alpha", ClusterFreshness.Live, Stop)));
    }

    private static bool IsLeftOut(FixtureApp app, FixturePod pod) =>
        app.Explain(Urls[0]).LeftOut.Any(l => l.Cluster.Name == pod.Cluster && l.Subject.StartsWith($"{pod.Address}:", StringComparison.Ordinal));

    private FixturePod? Any(FixturePods pods) => pods.Count == 0 ? null : pods[_random.Next(pods.Count)];

    private static Task Do(Action heal)
    {
        heal();
        return Task.CompletedTask;
    }
}
