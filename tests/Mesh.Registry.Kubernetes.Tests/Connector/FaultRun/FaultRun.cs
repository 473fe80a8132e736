using System.Diagnostics.Metrics;
using Mesh.Connection;
using Mesh.Connector;
using Mesh.Servers;
using Mesh.Watch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Mesh.FaultRuns;

/// <summary>A real API server that is written to all the time, a connector with its catalog behind a proxy, and faults, one after the other, with a comparison after each.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    // Pauses of the backoff are 30 s at most, which is 4 s then.
    private const int ClockSpeed = 8;

    private static readonly WatchTimings Timings = WatchTimings.Default with
    {
        // By the machine's clock: 10 s for an answer, watches of 20 to 40 s, and 4 s beyond the longest before one is taken for lost.
        RequestTimeout = TimeSpan.FromSeconds(10 * ClockSpeed),
        WatchTimeout = TimeSpan.FromSeconds(20),
        IdleMargin = TimeSpan.FromSeconds((40 * (ClockSpeed - 1)) + (4 * ClockSpeed)),
    };

    private readonly TestCluster _cluster;
    private readonly RealKubernetesServer _server;
    private readonly Random _random;
    private readonly FaultProxy _proxy;
    private readonly AccountToken _account;
    private readonly ServiceProvider _services;
    private readonly MetricCollector<long> _relists;
    private readonly MetricCollector<long> _reconnects;
    private readonly MeshCatalog _catalog;
    private readonly SliceWriter _writer;
    private readonly CatalogWitness _witness;

    private FaultRun(TestCluster cluster, FaultProxy proxy, AccountToken account, string kubeconfigPath, int seed)
    {
        (_cluster, _proxy, _account) = (cluster, proxy, account);
        _server = (RealKubernetesServer)cluster.Server;
        _random = new Random(seed);
        var clock = new FastClock(ClockSpeed);
        _services = new ServiceCollection().AddMetrics().AddLogging(l => l.AddProvider(new FakeLoggerProvider(Logs))).BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _relists = new MetricCollector<long>(meters, KubernetesMetrics.MeterName, "mesh.registry.kubernetes.relists");
        _reconnects = new MetricCollector<long>(meters, KubernetesMetrics.MeterName, "mesh.registry.kubernetes.reconnects");
        var options = new KubernetesClusterOptions { KubeconfigPath = kubeconfigPath };
        var loggers = _services.GetRequiredService<ILoggerFactory>();
        var context = new ConnectorContext("kubernetes/alpha", new ClusterId("alpha"), null, options, Timings, new KubernetesMetrics(meters), clock, new Random(seed + 1));
        var source = new KubernetesCatalogSource(context, new ConfiguredConnection(options, clock), new ClusterClaims(), loggers.CreateLogger<KubernetesCatalogSource>());
        _catalog = new MeshCatalog([source], new MeshCatalogOptions { Seed = seed }, clock, loggers, meters);
        _writer = new SliceWriter(cluster.KubeconfigPath, new Random(seed + 2));
        _witness = new CatalogWitness(_catalog, _writer);
    }

    public FakeLogCollector Logs { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClusterSnapshot Cluster => _catalog.FindCluster(new ClusterId("alpha")) ?? new ClusterSnapshot(new ClusterId("alpha"));

    public static async Task<FaultRun> StartAsync(RealClusterProvider provider, int seed)
    {
        var cluster = await TestCluster.StartAsync(provider);
        var proxy = FaultProxy.Start(cluster.Server.Address);
        var account = new AccountToken(cluster);
        var run = new FaultRun(cluster, proxy, account, await account.CreateAsync(proxy.Redirect(cluster.Server.GetKubeconfig())), seed);
        await run._catalog.StartAsync(Token);
        await run._writer.UntilAsync(50);
        await run.CompareAsync("the start");
        return run;
    }

    /// <summary>Goes through the faults, in an order of its own.</summary>
    public async Task RideAsync(ServerFault[] faults, Action<string> tell)
    {
        _random.Shuffle(faults);
        foreach (var fault in faults)
        {
            var (writes, looks) = (_writer.Writes, _witness.Looks);
            await BreakAsync(fault);
            await CompareAsync(fault.ToString());
            tell($"{fault}: {_writer.Writes - writes} writes, {_witness.Looks - looks} states seen");
        }
    }

    /// <summary>What it has been through, and that all of it was met.</summary>
    public string Check()
    {
        var relists = Counts(_relists);
        var reconnects = Counts(_reconnects);
        relists.ShouldContainKey("expired", "a watch that cannot be resumed makes a new list");
        reconnects.ShouldContainKey("unauthorized");
        reconnects.ShouldContainKey("unreachable");
        Logs.GetSnapshot().ShouldNotContain(static l => l.Level >= LogLevel.Error);
        return $"{_writer.Writes} writes, {_writer.Retries} of them tried again; {_witness.Looks} states seen; relists {Show(relists)}; reconnects {Show(reconnects)}; {_proxy.Link.ConnectionsOpened} connections";
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _witness.Dispose();
        await _writer.DisposeAsync();
        _relists.Dispose();
        _reconnects.Dispose();
        await _services.DisposeAsync();
        await _proxy.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task BreakAsync(ServerFault fault)
    {
        switch (fault)
        {
            case ServerFault.Restarted:
                await _server.StopAsync(Token);
                await UntilAsync(() => Cluster.Freshness == ClusterFreshness.Stale);
                await _server.StartAsync(Token);
                break;
            case ServerFault.Compacted:
                _proxy.Link.Cut();
                await _writer.UntilAsync(20 + _random.Next(60));
                await _server.CompactAsync(Token);
                await _server.StopAsync(Token);
                await _server.StartAsync(Token);
                await _writer.UntilAsync(20);
                break;
            case ServerFault.HalfOpen:
                if (_random.Next(3) > 0) _proxy.Link.Backward.BlackHole();
                if (_random.Next(3) > 0) _proxy.Link.Forward.BlackHole();
                await _writer.UntilAsync(20 + _random.Next(100));
                _proxy.Link.Restore();
                if (_random.Next(2) == 0) _proxy.Link.Reset();
                break;
            case ServerFault.Reset:
                for (var i = _random.Next(1, 6); i > 0; i--)
                {
                    _proxy.Link.Reset();
                    await _writer.UntilAsync(1 + _random.Next(15));
                }

                break;
            case ServerFault.Revoked:
                await _account.RevokeAsync();

                // It remembers for some seconds that a token was good.
                await UntilRefusedAsync();
                _proxy.Link.Reset();
                await RefusedAsync();
                break;
            case ServerFault.RestartedAndRevoked:
                await _account.RevokeAsync();
                await _server.StopAsync(Token);
                await _server.StartAsync(Token);
                await RefusedAsync();
                break;
            case ServerFault.Rotated:
                await _account.RenewAsync();
                await _writer.UntilAsync(_random.Next(30));
                _proxy.Link.Reset();
                break;
            case ServerFault.Slow:
                _proxy.Link.Limit(2_000 + _random.Next(20_000));
                await _writer.UntilAsync(50 + _random.Next(50));
                _proxy.Link.Limit(null);
                break;
        }
    }

    private async Task RefusedAsync()
    {
        await UntilAsync(() => Cluster.Detail?.Contains("refuses the credentials (401)", StringComparison.Ordinal) == true);
        await _writer.UntilAsync(20);
        await _account.RenewAsync();
    }

    private async Task UntilRefusedAsync()
    {
        while (!await _account.IsRefusedAsync()) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
    }

    /// <summary>Lets everything be well and waits until catalog, API server and writer agree.</summary>
    private async Task CompareAsync(string after)
    {
        await _server.StartAsync(Token);
        _proxy.Link.Restore();
        using (await _writer.PauseAsync())
        {
            var expected = await _writer.ServerTextAsync();
            expected.ShouldBe(_writer.Text(), $"after {after}: what the server has and what was written");
            await UntilAsync(
                () => Cluster.Freshness == ClusterFreshness.Live && ClusterText.OfCatalog(_catalog, SliceWriter.Namespace) == expected,
                () => $"After {after} the catalog differs. Server:\n{expected}\nCatalog:\n{ClusterText.OfCatalog(_catalog, SliceWriter.Namespace)}");
        }

        _witness.Wrongs.ShouldBeEmpty($"after {after}");
    }

    private Task UntilAsync(Func<bool> condition, Func<string>? otherwise = null) => Until.TrueAsync(condition, () => $"{Cluster.Freshness}: {Cluster.Detail}. {otherwise?.Invoke()}");

    private static SortedDictionary<string, int> Counts(MetricCollector<long> collector) => new(
        collector.GetMeasurementSnapshot().CountBy(static m => (string)m.Tags["mesh.reason"]!).ToDictionary(), StringComparer.Ordinal);

    private static string Show(SortedDictionary<string, int> counts) => string.Join(", ", counts.Select(static c => $"{c.Value} {c.Key}"));
}
