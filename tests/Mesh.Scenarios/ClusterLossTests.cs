namespace Mesh;

/// <summary>The main job: traffic moves when things die, comes back when they do, and nobody notices.</summary>
public class ClusterLossTests
{
    private const string Url = "http://orders.sales/";

    [Fact(Timeout = 120_000)]
    public Task Cluster_DiesWithItsApiServerAndComesBack_NoRequestFails_Simulated() =>
        PlayAsync(new SimulatedClusterProvider(), new SimulatedClusterProvider());

    [Fact(Timeout = 120_000)]
    public Task Cluster_DiesWithItsApiServerAndComesBack_NoRequestFails_RealOfTwoVersions()
    {
        var newer = RealClusterProvider.ForVersion("1.37");
        var older = RealClusterProvider.ForVersion("1.30");
        Assert.SkipWhen((newer.UnavailableReason ?? older.UnavailableReason) is not null, newer.UnavailableReason ?? older.UnavailableReason ?? "");
        return PlayAsync(newer, older);
    }

    private static async Task PlayAsync(IClusterProvider newer, IClusterProvider older)
    {
        await using var mesh = await MeshFixture.StartAsync(
            m => m
                .Cluster("alpha", region: "eu", zone: "eu-1", provider: newer).Node("n2", zone: "eu-1")
                .Cluster("beta", region: "eu", zone: "eu-2", provider: older)
                .Service("orders.sales", replicas: 2),
            TestContext.Current.CancellationToken);
        await using var app = mesh.App(cluster: "alpha", node: "n1");
        (await app.SendAsync(50, Url)).ShouldAllBeServedBy("alpha", node: "n1");
        await app.WaitForSyncAsync();
        var before = app.Endpoints("orders.sales", "alpha");

        await using var load = app.StartLoad([Url]);
        await load.WaitForAsync(100);
        await mesh["alpha"].StopAsync();
        await app.WaitForFreshnessAsync("alpha", ClusterFreshness.Stale);
        await load.WaitForAsync(200);

        // Only the data plane's own evidence moved the traffic: the catalog is as it was.
        app.Endpoints("orders.sales", "alpha").ShouldBe(before);
        load.Take().ShouldAllSucceed();
        (await app.SendAsync(50, Url)).ShouldAllBeServedBy("beta");

        // The pods come back as others, while nobody is told; then the API server says so.
        await mesh["alpha"].StartAsync();
        await mesh["alpha"].Pods().ReplaceAsync();
        await app.WaitForPodsAsync("orders.sales", "alpha");
        await app.WaitForFreshnessAsync("alpha", ClusterFreshness.Live);
        while ((await app.SendAsync(20, Url, cancellationToken: TestContext.Current.CancellationToken)).ByNode.GetValueOrDefault("alpha/n1") < 20)
        {
            // Ejections and the breaker give way by themselves; the test's own time-out bounds the wait.
        }

        app.Endpoints("orders.sales", "alpha").ShouldNotContain(e => before.Contains(e));
        (await load.StopAsync()).ShouldAllSucceed();
    }
}
