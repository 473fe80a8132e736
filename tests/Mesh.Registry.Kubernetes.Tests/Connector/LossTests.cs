using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>What the log says of a disturbed stream and of a lost server, with connector and catalog together.</summary>
public sealed class LossTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly LoggerFactory _loggers;
    private TestCluster _server = null!;
    private MeshCatalog _catalog = null!;
    private TestMesh _mesh = null!;

    public LossTests() => _loggers = new LoggerFactory([new FakeLoggerProvider(_logs)]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClusterFreshness Freshness => _catalog.FindCluster(new ClusterId("alpha"))?.Freshness ?? ClusterFreshness.Connecting;

    private List<FakeLogRecord> Warnings => [.. _logs.GetSnapshot().Where(static l => l.Level >= LogLevel.Warning)];

    public async ValueTask InitializeAsync()
    {
        _server = await TestCluster.StartAsync();
        await _server.AddServiceAsync("orders");
        _mesh = new TestMesh(_time);
        _mesh.Services.AddSingleton<ILoggerFactory>(_loggers);
        _mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = _server.KubeconfigPath;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
        _catalog = new MeshCatalog(_mesh.Provider.GetServices<ICatalogSource>(), new MeshCatalogOptions { Seed = 1 }, _time, _loggers);
        await _catalog.StartAsync(Token);

        // The Nodes' watch is not waited for by the cluster, but would meet the faults in another one's place.
        await Until.TrueAsync(() => Freshness == ClusterFreshness.Live && Has("orders") && _server.Faults.RunningWatches == 3);
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        await _mesh.DisposeAsync();
        await _server.DisposeAsync();
        _loggers.Dispose();
    }

    [Theory]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"name":"ord""" + "\n")]
    [InlineData("!!")]
    public async Task Stream_Breaks_IsResumedAtOnceToldOnceAndTheClusterStaysLive(string text)
    {
        var since = _catalog.FindCluster(new ClusterId("alpha"))!.Since;
        _server.Faults.SendRaw(text, "services");
        await Until.TrueAsync(() => Warnings.Count > 0);
        await _server.AddServiceAsync("stock");

        await Until.TrueAsync(() => Has("stock"));

        await Until.TrueAsync(() => _logs.GetSnapshot().Any(static l => l.Id.Id == 1006));
        Warnings.ShouldHaveSingleItem().Id.Id.ShouldBe(1106);
        Warnings[0].Message.ShouldContain("the watch of services was broken off");
        Freshness.ShouldBe(ClusterFreshness.Live);
        _catalog.FindCluster(new ClusterId("alpha"))!.Since.ShouldBe(since);
        _catalog.Sources.Single().Failure.ShouldBeNull();
        _logs.GetSnapshot().Count(static l => l.Id.Id is 1006 or 1002).ShouldBe(1);
    }

    [Fact]
    public async Task Server_IsGone_EachCauseIsToldInOneLineAndTheReturnInOne()
    {
        await _server.Server.StopAsync(Token);
        await Until.TrueAsync(() => Freshness == ClusterFreshness.Stale);
        var rounds = 0;
        await TurnUntilAsync(() => ++rounds > 200);
        await _server.Server.StartAsync(Token);
        await TurnUntilAsync(() => Freshness == ClusterFreshness.Live);

        // The state is shown before it is written down.
        await Until.TrueAsync(() => _logs.GetSnapshot().Count(static l => l.Id.Id == 1006) > 1);
        Warnings.ShouldNotBeEmpty();
        Warnings.ShouldAllBe(static l => l.Id.Id == 1007);
        Warnings.Select(static l => l.Message).ShouldBeUnique();
        Warnings[0].Message.ShouldContain("cannot be reached");
        _logs.GetSnapshot().Count(static l => l.Id.Id == 1006).ShouldBe(2, "at the start and at the return");
        _logs.GetSnapshot().ShouldNotContain(static l => l.Id.Id == 1001 || l.Id.Id == 1002);
        _catalog.Sources.Single().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task SlicesWatch_WaitsForItsNextTry_TheClusterIsNotLiveUntilItIsOpen()
    {
        _server.Faults.RefuseWatchStarts(3);
        _server.Faults.ExpireWatches("endpointslices");

        await Until.TrueAsync(() => Freshness == ClusterFreshness.Stale);
        await Until.TrueAsync(() => _server.Faults.RunningWatches == 2 && Warnings.Count > 0);
        Warnings.ShouldHaveSingleItem().Message.ShouldContain("endpointslices");

        await TurnUntilAsync(() => Freshness == ClusterFreshness.Live);
        await Until.TrueAsync(() => _server.Faults.RunningWatches == 3);
    }

    [Fact]
    public async Task SlicesWatch_ToldToComeLater_TheClusterIsNotLiveUntilThen()
    {
        // One that ends sooner counts as refused.
        _time.Advance(TimeSpan.FromSeconds(2));
        _server.Faults.Throttle(TimeSpan.FromSeconds(60));
        _server.Faults.EndWatches("endpointslices");
        await Until.TrueAsync(() => Freshness == ClusterFreshness.Stale);

        _time.Advance(TimeSpan.FromSeconds(59));
        await _server.AddServiceAsync("stock");
        await Until.TrueAsync(() => Has("stock"));
        Freshness.ShouldBe(ClusterFreshness.Stale, "the slices are not followed, whatever the services do");

        await TurnUntilAsync(() => Freshness == ClusterFreshness.Live);
        await Until.TrueAsync(() => _server.Faults.RunningWatches == 3);
    }

    private bool Has(string service) => _catalog.Find(new ServiceName("sales", service)).Cell.Current is not null;

    private Task TurnUntilAsync(Func<bool> condition) => Until.TrueAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });
}
