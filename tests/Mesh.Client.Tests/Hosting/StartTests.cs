using System.Net.Sockets;
using Mesh.Backends;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Hosting;

/// <summary>A source is down when the application starts.</summary>
public class StartTests
{
    private const string Failure = "The API server of cluster 'gamma' refuses the connection";

    private readonly FakeTimeProvider _clock = new();
    private readonly SlowSource _gamma = new(Failure);

    [Fact]
    public async Task Send_SourceIsDown_WaitsBoundedAndFailsNamingWhatIsMissing()
    {
        await using var mesh = await StartAsync();

        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        _clock.Advance(TimeSpan.FromSeconds(29));
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        var error = await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop));
        error.PickStatus.ShouldBe(PickStatus.Pending);
        error.Message.ShouldStartWith("Service orders.sales is not known yet: the sources have not all delivered their first state within 30 s.");
        error.Message.ShouldContain($"Source cluster gamma fails: {Failure}.");
        error.InnerException.ShouldBeOfType<SocketException>();
    }

    [Fact]
    public async Task Send_SourceComes_IsServedThen()
    {
        await using var orders = await Backend.SayingAsync("gamma");
        await using var mesh = await StartAsync();

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        Deliver(orders);

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("gamma");
    }

    [Fact]
    public async Task Explain_OneSourceHasTheServiceAndAnotherIsDown_SaysWhatTheRequestDoes()
    {
        await using var orders = await Backend.SayingAsync("alpha");
        await using var mesh = await StartAsync();
        mesh.SetOrders(orders);

        var explained = mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales");

        (explained.Status, explained.Wait, explained.Failure).ShouldBe((PickStatus.Endpoint, null, null));
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop).WaitAsync(Eventually.Bound, Stop)).ShouldBe("alpha");
    }

    [Fact]
    public async Task Send_TheOwnClusterHasTheServiceAndAnotherSourceIsSilent_IsServedAtOnce()
    {
        await using var orders = await Backend.SayingAsync("alpha");
        await using var mesh = await StartSilentAsync();
        mesh.SetOrders(orders);

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop).WaitAsync(Eventually.Bound, Stop)).ShouldBe("alpha");
    }

    [Fact]
    public async Task Send_AnotherClusterHasTheServiceAndASourceIsSilent_IsServedAfterASecond()
    {
        await using var orders = await Backend.SayingAsync("beta");
        await using var mesh = await StartSilentAsync();
        mesh.SetOrders("beta", orders.Port);
        var catalog = mesh.Services.GetRequiredService<IMeshCatalog>();
        await Eventually.BecomesTrue(() => catalog.Find(new ServiceName("sales", "orders")).Status == ServiceLookupStatus.Known, "beta's endpoints are known");

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("beta");
    }

    [Fact]
    public async Task Send_CallerCancelsTheWait_EndsAtOnce()
    {
        await using var mesh = await StartAsync();
        using var stop = new CancellationTokenSource();

        var sending = mesh.Client().GetAsync("http://orders.sales/", stop.Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending.WaitAsync(Eventually.Bound, Stop));
    }

    [Fact]
    public async Task Send_HostIsToldToStopMeanwhile_FailsAtOnce()
    {
        await using var mesh = await StartAsync();
        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        sending.IsCompleted.ShouldBeFalse();

        // As the host does first of all, before its servers wait for what is under way.
        foreach (var hosted in mesh.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await hosted.StoppingAsync(Stop);
        }

        var error = await Should.ThrowAsync<ObjectDisposedException>(sending.WaitAsync(Eventually.Bound, Stop));
        error.Message.ShouldContain("Service orders.sales is not known yet, and the mesh of this process has ended");
    }

    [Fact]
    public async Task Send_ContainerIsDisposedMeanwhile_FailsAtOnce()
    {
        var mesh = await StartAsync();
        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);

        await mesh.Services.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(sending.WaitAsync(Eventually.Bound, Stop));
    }

    [Fact]
    public async Task WaitForSync_SourceIsDown_WaitsUntilItComes()
    {
        await using var orders = await Backend.SayingAsync("gamma");
        await using var mesh = await StartAsync();
        var service = mesh.Services.GetRequiredService<IMesh>();
        using var stop = new CancellationTokenSource();

        var cancelled = service.WaitForSyncAsync(stop.Token);
        var waiting = service.WaitForSyncAsync(Stop);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled.WaitAsync(Eventually.Bound, Stop));
        waiting.IsCompleted.ShouldBeFalse();
        Deliver(orders);

        await waiting.WaitAsync(Eventually.Bound, Stop);
    }

    [Fact]
    public async Task CheckHealth_SourceIsDown_NamesItAndIsReadyWhenItComes()
    {
        await using var orders = await Backend.SayingAsync("gamma");
        await using var mesh = await StartAsync();

        var unready = await CheckAsync(mesh);
        unready.Status.ShouldBe(HealthStatus.Unhealthy);
        unready.Description.ShouldBe($"cluster gamma has not delivered its first state: {Failure}.");
        unready.Tags.ShouldBe(["ready"]);
        Deliver(orders);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);

        var ready = await CheckAsync(mesh);
        ready.Status.ShouldBe(HealthStatus.Healthy);
        ready.Description.ShouldBe("2 sources have delivered.");
    }

    [Fact]
    public async Task CheckHealth_OneOfTwoSourcesStaysAway_IsDegradedOnceItsTimeHasPassed()
    {
        await using var mesh = await StartAsync();
        _clock.Advance(TimeSpan.FromSeconds(31));

        var late = await CheckAsync(mesh);

        late.Status.ShouldBe(HealthStatus.Degraded);
        late.Description!.ShouldContain("cluster gamma has not delivered its first state");
    }

    [Fact]
    public async Task CheckHealth_StaleCluster_IsDegradedAndNamed()
    {
        await using var mesh = await TestMesh.StartAsync(static services => services.AddHealthChecks().AddMeshRouting());
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { Freshness = ClusterFreshness.Stale, Since = DateTimeOffset.UnixEpoch, Detail = "no answer." });

        var stale = await CheckAsync(mesh);

        stale.Status.ShouldBe(HealthStatus.Degraded);
        stale.Description.ShouldBe("cluster 'beta' has been out of touch since 1970-01-01 00:00:00Z, its last known state is used: no answer.");
    }

    [Fact]
    public async Task CheckHealth_SourceAndClusterForOneReason_SaysItOnce()
    {
        var beta = new SlowSource(Failure);
        await using var mesh = await TestMesh.StartAsync(static services => services.AddHealthChecks().AddMeshRouting(), mesh => mesh.AddSource(_ => beta));
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Freshness = ClusterFreshness.Stale, Since = DateTimeOffset.UnixEpoch, Detail = Failure });
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMeshCatalog>() is var c && c.Clusters.Count > 0 && c.Sources.All(s => s.IsSynced || s.Failure == Failure), "both are told");

        (await CheckAsync(mesh)).Description.ShouldBe(
            $"cluster gamma has not delivered its first state: {Failure}; cluster 'gamma' has been out of touch since 1970-01-01 00:00:00Z, its last known state is used.");
    }

    [Fact]
    public async Task CheckHealth_OneSource_IsSaidInTheSingular()
    {
        await using var mesh = await TestMesh.StartAsync(static services => services.AddHealthChecks().AddMeshRouting());
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);

        (await CheckAsync(mesh)).Description.ShouldBe("The source has delivered.");
    }

    [Fact]
    public async Task Send_MeshWasNeverStarted_FailsSayingSo()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddMeshRouting(static m => m.AddMemory(static s => s.Service("orders.sales", "alpha", static e => e.Endpoint("127.0.0.1", 1))));
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient();

        var sending = client.GetAsync("http://orders.sales/", Stop);
        _clock.Advance(TimeSpan.FromSeconds(30));

        (await Should.ThrowAsync<MeshRoutingException>(sending.WaitAsync(Eventually.Bound, Stop))).Message
            .ShouldContain("Source memory fails: the mesh was not started: start the host (a container alone starts nothing), or use MeshRouting.StartAsync.");
    }

    [Fact]
    public async Task Start_SectionThatIsNotThere_IsWarnedOfByName()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Mesh:Seed", "1")]).Build();
        await using var mesh = await TestMesh.StartAsync(services =>
        {
            services.AddMeshRouting(configuration.GetSection("Mash"));
            services.AddMeshRouting(configuration.GetSection("Mesh"));
        });

        mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1304).ShouldHaveSingleItem().Message.ShouldStartWith("The configuration has no section 'Mash', which AddMeshRouting was given");
    }

    [Fact]
    public void Validate_CallsThatNeedAMeshWithoutOne_AreNamed()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks().AddMeshRouting();
        services.AddHttpClient("orders").ConfigureMeshRouting(static p => p.MaxRetries = 1).ConfigureTransport(static _ => { });
        services.ConfigureHttpClientDefaults(static c => c.ConfigureMeshRouting(static p => p.MaxRetries = 2));
        using var provider = services.BuildServiceProvider();

        const string Missing = ": there is no mesh in these services; call services.AddMeshRouting(…) too.";
        Should.Throw<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate).Failures.ShouldBe(
        [
            "AddHealthChecks().AddMeshRouting()" + Missing,
            "Client 'orders', ConfigureMeshRouting" + Missing,
            "Client 'orders', ConfigureTransport" + Missing,
            "ConfigureMeshRouting" + Missing,
        ]);
    }

    private static async Task<HealthReportEntry> CheckAsync(TestMesh mesh) =>
        (await mesh.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop)).Entries["mesh"];

    // The start itself waits for nobody; the tests go on when the sources have spoken.
    [Theory]
    [InlineData(null, 1)]
    [InlineData("alpha", 0)]
    public async Task Start_WithoutAnOwnCluster_WarnsOnceAndSaysWhatToSet(string? cluster, int times)
    {
        await using var mesh = await TestMesh.StartAsync(null, m => m.Configure(o => o.Locality.Cluster = cluster));

        var warnings = mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1305).ToList();

        warnings.Count.ShouldBe(times);
        warnings.ShouldAllBe(static w => w.Level == Microsoft.Extensions.Logging.LogLevel.Warning && w.Message.Contains("Set Mesh:Locality:Cluster", StringComparison.Ordinal));
    }

    private Task<TestMesh> StartSilentAsync() =>
        TestMesh.StartAsync(services => services.AddSingleton<TimeProvider>(_clock), static mesh => mesh.AddSource(static _ => new SlowSource(null)));

    private async Task<TestMesh> StartAsync()
    {
        var mesh = await TestMesh.StartAsync(
            services =>
            {
                services.AddSingleton<TimeProvider>(_clock);
                services.AddHealthChecks().AddMeshRouting();
            },
            mesh => mesh.AddSource(_ => _gamma));
        var catalog = mesh.Services.GetRequiredService<IMeshCatalog>();
        await Eventually.BecomesTrue(() => catalog.Sources.All(s => s.IsSynced || s.Failure is not null), "each source has delivered or said why not");
        return mesh;
    }

    private void Deliver(Backend orders)
    {
        var source = new MemoryCatalogSource().Service("orders.sales", "gamma", s => s.Endpoint("127.0.0.1", orders.Port));
        _gamma.Deliver(sink =>
        {
            // What the memory source brings at once, before it waits.
            using var stop = new CancellationTokenSource();
            stop.Cancel();
            _ = source.RunAsync(sink, stop.Token);
        });
    }
}
