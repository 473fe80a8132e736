using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>Networks that break for some and not for others, or one way alone: what a process itself can reach decides, and no one else's word.</summary>
public class AsymmetricPartitionTests
{
    private const string Service = "orders.sales";
    private const string Url = "http://orders.sales/";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Pods_UnreachableWhileTheirApiServerAnswers_OtherClustersServeAndOtherCallersStay()
    {
        await using var mesh = await WorldAsync();
        await using var here = App(mesh, "alpha");
        await using var there = App(mesh, "gamma");
        await here.WaitForSyncAsync(Cancelled);
        await there.WaitForSyncAsync(Cancelled);
        (await here.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");

        // Openings are refused from alpha alone; the API server of beta goes on saying that its pods are ready, and to gamma they are.
        await using var load = here.StartLoad([Url]);
        mesh.Link("alpha", "beta").Cut();
        await load.WaitForAsync(200, Cancelled);

        load.Take().ShouldAllSucceed();
        (await here.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("gamma");
        here.FreshnessOf("beta").ShouldBe(ClusterFreshness.Live);
        here.Endpoints(Service, "beta").Count.ShouldBe(2);
        (await there.SendAsync(40, Url, configure: null, cancellationToken: Cancelled)).ShouldAllSucceed().ByCluster.Keys.ShouldBe(["gamma"]);

        mesh.Link("alpha", "beta").Restore();
        await UntilServedByAsync(here, "beta");
        (await load.StopAsync()).ShouldAllSucceed();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Link_SilentOneWay_RequestsGoElsewhereUntilItIsBack(bool forward)
    {
        await using var mesh = await WorldAsync();
        await using var app = App(mesh, "alpha");
        await app.WaitForSyncAsync(Cancelled);
        (await app.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");

        // Either what is sent does not arrive, or it does and the answers are lost: connections stay open, and nobody is told.
        var link = mesh.Link("alpha", "beta");
        var way = forward ? link.Forward : link.Backward;
        way.BlackHole();
        var during = await app.SendAsync(100, Url, cancellationToken: Cancelled);

        during.ShouldAllSucceed();
        (await app.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("gamma");
        app.FreshnessOf("beta").ShouldBe(ClusterFreshness.Live);

        way.Restore();
        await UntilServedByAsync(app, "beta");
    }

    [Fact(Timeout = 120_000)]
    public async Task ApiServer_UnreachableFromOneCallerAlone_ItGoesByWhatItKnewAndTheOtherFollows()
    {
        await using var mesh = await WorldAsync();
        await using var proxy = FaultProxy.Start(mesh["beta"].ApiServer.Server.Address);
        var kubeconfig = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(kubeconfig, proxy.Redirect(mesh["beta"].ApiServer.Server.GetKubeconfig()), Cancelled);
            await using var cutOff = App(mesh, "alpha", o => o.ConfigureCluster("beta", k => k.KubeconfigPath = kubeconfig));
            await using var connected = App(mesh, "alpha");
            await cutOff.WaitForSyncAsync(Cancelled);
            await connected.WaitForSyncAsync(Cancelled);
            var known = cutOff.Endpoints(Service, "beta");

            proxy.Link.Cut();
            await cutOff.WaitForFreshnessAsync("beta", ClusterFreshness.Stale, Cancelled);
            (await cutOff.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");

            // What is known of beta is wrong by and by: its own requests tell, and the other process sees it first.
            await mesh["beta"].Pods().ReplaceAsync(Cancelled);
            await connected.WaitForPodsAsync(Service, "beta", Cancelled);
            (await connected.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");
            cutOff.Endpoints(Service, "beta").ShouldBe(known);
            (await cutOff.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllSucceed();
            (await cutOff.SendAsync(40, Url, cancellationToken: Cancelled)).ShouldAllBeServedBy("gamma");

            proxy.Link.Restore();
            await cutOff.WaitForPodsAsync(Service, "beta", Cancelled);
            await UntilServedByAsync(cutOff, "beta");
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static Task<MeshFixture> WorldAsync() => MeshFixture.StartAsync(
        m => m
            .Cluster("alpha", region: "eu", zone: "eu-1")
            .Cluster("beta", region: "eu", zone: "eu-2")
            .Cluster("gamma", region: "us", zone: "us-1")
            .Service(Service, replicas: 2, clusters: ["beta", "gamma"]),
        Cancelled);

    // A connection that falls silent is seen by the time a try may take, and by nothing else.
    private static FixtureApp App(MeshFixture mesh, string cluster, Action<FixtureAppOptions>? configure = null) => mesh.App(cluster: cluster, configure: o =>
    {
        o.ConfigureMesh(m => m.Configure(p => p.Services[Service] = new ServicePolicyOptions
        {
            TryTimeout = TimeSpan.FromMilliseconds(500),
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            MaxRetries = 3,
            RetryBudgetRatio = 1,
        }));
        configure?.Invoke(o);
    });

    private static async Task UntilServedByAsync(FixtureApp app, string cluster)
    {
        while ((await app.SendAsync(20, Url, cancellationToken: Cancelled)).ShouldAllSucceed().ShareOf(cluster) < 1)
        {
            // Ejections and the breaker give way by themselves; the test's own time-out bounds the wait.
        }
    }
}
