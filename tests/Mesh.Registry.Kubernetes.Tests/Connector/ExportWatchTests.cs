using Mesh.Connection;
using Mesh.Contributions;
using Mesh.Decoding;
using Mesh.Watch;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>That a definition which seems to be gone takes exports away only when the server says so twice: one that has just started lists its own types before those defined in it.</summary>
public sealed class ExportWatchTests : IDisposable
{
    private const string Served = """{"groups":[{"name":"multicluster.x-k8s.io","versions":[{"version":"v1beta1"}]}]}""";
    private const string Resources = """{"resources":[{"name":"serviceexports"}]}""";
    private const string Nothing = """{"groups":[{"name":"apps","versions":[{"version":"v1"}]}]}""";
    private const string List = """{"kind":"ServiceExportList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"namespace":"sales","name":"orders","resourceVersion":"5","creationTimestamp":"2026-01-02T03:04:05Z"}}]}""";

    private readonly ServerFeatures _features = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedTransport _transport = new();
    private readonly RecordingSink _sink = new();
    private readonly KubernetesMetrics _metrics = new();

    public ExportWatchTests() => _features.RefusedStreamedLists();

    [Fact]
    public async Task Definition_SeemsGoneWhileTheServerStarts_TheExportsStay()
    {
        _transport.Answer(200, Served).Answer(200, Resources).Answer(200, List).Answer(404, "404 page not found").Answer(200, Nothing).Answer(200, Served).Answer(200, Resources).Answer(200, List);
        await using var run = Start();

        await run.UntilAsync(() => _transport.Requests.Count == 9 && IsExported);

        _sink.Calls.ShouldBe(["SetCluster Connecting", "SetCluster Connecting", "Reset 1"]);
    }

    [Fact]
    public async Task Definition_GoneWhenAskedTwice_TakesTheExportsAwayAndIsNamed()
    {
        _transport.Answer(200, Served).Answer(200, Resources).Answer(200, List).Answer(404, "404 page not found").Answer(200, Nothing).Answer(200, Nothing);
        await using var run = Start();

        await run.UntilAsync(() => _sink.Problems.ContainsKey("ServiceExports") && !IsExported);

        _sink.Find("orders.sales")!.ExportObstacle!.ShouldContain("Install the CustomResourceDefinition");
    }

    [Fact]
    public async Task Discovery_RefusedBeforeTheFirstList_HoldsNobodyUpAndIsNamed()
    {
        _transport.Answer(403, """{"kind":"Status","code":403,"message":"no."}""");
        await using var run = Start();

        await run.UntilAsync(() => _sink.Problems.ContainsKey("ServiceExports") && _sink.Find("orders.sales") is not null);

        _sink.Problems["ServiceExports"].Message.ShouldStartWith("no permission to ask which APIs the server has (get /apis: no). Bind the ClusterRole system:discovery");
        IsExported.ShouldBeFalse();
    }

    [Fact]
    public async Task Discovery_FailsOtherwise_IsWaitedForSinceItSaysNothing()
    {
        _transport.Answer(500, "").Answer(503, "").Answer(200, Served).Answer(200, Resources).Answer(200, List);
        await using var run = Start();

        await run.UntilAsync(() => _sink.Find("orders.sales") is not null);

        _sink.Calls.Where(static c => c.StartsWith("Reset", StringComparison.Ordinal) || c.StartsWith("Upsert", StringComparison.Ordinal)).ShouldBe(["Reset 1"]);
        IsExported.ShouldBeTrue();
        _sink.Failures.First()!.ShouldContain("500");
    }

    private bool IsExported => _sink.Find("orders.sales")?.IsExported == true;

    public void Dispose() => _metrics.Dispose();

    private Run Start()
    {
        var cluster = new ClusterId("alpha");
        var filter = new ServiceFilter([]);
        var options = new KubernetesClusterOptions { ExportMode = ExportMode.Exported };
        var context = new ConnectorContext("kubernetes/alpha", cluster, null, options, WatchTimings.Default with { RequestTimeout = TimeSpan.FromDays(1) }, _metrics, _time, new Random(1));
        var health = new ClusterHealth(new ClusterSnapshot(cluster), null, _sink, _metrics, _time, static () => "https://alpha", static () => { }, NullLogger.Instance);
        var join = new ClusterJoin(context.SourceName, cluster, _sink, filter, null, null, options.ExportMode, static _ => { });
        var services = join.AddServices();
        var watch = new ExportWatch(context, _transport, health, join, filter, _features, new StringPool(), null);
        health.Start();
        health.Begin(new ClusterIdentity("uid", null, "v1"), watch.Targets, static _ => { }, static _ => { });
        services.Init();
        services.InitApply(new ServiceObject("sales", "orders", "1") { Ports = [new ServicePort("http", 80)] });
        services.InitDone();
        return new Run(watch, _time);
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly FakeTimeProvider _time;
        private readonly Task _running;

        public Run(ExportWatch watch, FakeTimeProvider time)
        {
            _time = time;
            _running = watch.RunAsync(_stop.Token);
        }

        public Task UntilAsync(Func<bool> condition) => Until.TrueAsync(() =>
        {
            if (_running.IsFaulted) throw new InvalidOperationException("The watch ended.", _running.Exception);
            if (condition()) return true;
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return false;
        });

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_running);
            _stop.Dispose();
        }
    }
}
