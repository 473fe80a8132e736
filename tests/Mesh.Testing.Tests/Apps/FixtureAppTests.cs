using Microsoft.Extensions.Time.Testing;

namespace Mesh.Apps;

public sealed class FixtureAppTests(ITestOutputHelper output)
{
    private const int Bound = 120_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = Bound)]
    public async Task TheExampleOfTheDocumentation_Holds()
    {
        await using var mesh = await MeshFixture.StartAsync(m => m
            .Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2").Cluster("gamma", region: "us")
            .Service("orders.sales", replicas: 3), Cancelled);
        var app = mesh.App(cluster: "alpha", node: "n1");
        (await app.SendAsync(100, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("alpha");
        await mesh["alpha"].StopAsync(cancellationToken: Cancelled);
        (await app.SendAsync(100, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");
        output.WriteLine(app.Explain("orders.sales").ToString());
    }

    [Fact(Timeout = Bound)]
    public async Task Send_FromEachCluster_StaysThere()
    {
        await using var mesh = await WorldAsync();

        (await mesh.App("alpha", "n1").SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("alpha", node: "n1");
        (await mesh.App("alpha", "n2").SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("alpha", node: "n2");
        (await mesh.App("beta", "n1").SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");
    }

    [Fact(Timeout = Bound)]
    public async Task LinkTo_Cut_ThisAppLeavesTheNodeAndAnotherDoesNot()
    {
        await using var mesh = await WorldAsync();
        var cut = mesh.App("alpha", "n1");
        var other = mesh.App("alpha", "n1");

        cut.LinkTo("alpha", "n1").Cut();

        (await cut.SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllSucceed().ShouldNotBeServedBy("alpha", node: "n1");
        (await other.SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("alpha", node: "n1");
    }

    [Fact(Timeout = Bound)]
    public async Task OwnClock_StandsStillWhileTheWorldGoesOn()
    {
        await using var mesh = await WorldAsync();
        var time = new FakeTimeProvider();
        var app = mesh.App("alpha", "n1", o => o.TimeProvider = time);

        (await app.SendAsync(20, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("alpha");
        await mesh["alpha"].ScaleAsync("orders.sales", 4, Cancelled);

        await app.WaitForPodsAsync("orders.sales", "alpha", Cancelled);
        app.Catalog.Find(ServiceName.Parse("orders.sales")).Cell.Current!.ChangedAt.ShouldBe(time.GetUtcNow());
    }

    [Fact(Timeout = Bound)]
    public async Task Load_RunsUntilStoppedAndTellsPhasesApart()
    {
        await using var mesh = await WorldAsync();
        var app = mesh.App("alpha", "n1");
        await using var load = app.StartLoad(["http://orders.sales"]);

        await load.WaitForAsync(50, Cancelled);
        var before = load.Take();
        await mesh["alpha"].StopAsync(cancellationToken: Cancelled);
        await load.WaitForAsync(10, Cancelled);
        load.Take();
        await load.WaitForAsync(50, Cancelled);
        var after = await load.StopAsync();

        before.ShouldAllBeServedBy("alpha");
        after.ShouldAllBeServedBy("beta");
        load.Failed.ShouldBe(0);
        load.Sent.ShouldBeGreaterThanOrEqualTo(110);
        var sent = load.Sent;
        await app.SendAsync(5, "http://orders.sales", cancellationToken: Cancelled);
        load.Sent.ShouldBe(sent);
    }

    [Fact(Timeout = Bound)]
    public async Task WatchesOnlyTheNamedClusters()
    {
        await using var mesh = await WorldAsync();
        var app = mesh.App("alpha", "n1", o => o.Watches = ["beta"]);

        (await app.SendAsync(10, "http://orders.sales", cancellationToken: Cancelled)).ShouldAllBeServedBy("beta");
        app.FreshnessOf("alpha").ShouldBeNull();
    }

    [Fact(Timeout = Bound)]
    public async Task OutsideOfEveryCluster_AllClustersServe()
    {
        await using var mesh = await WorldAsync();
        var app = mesh.App();
        await app.WaitForSyncAsync(Cancelled);

        (await app.SendAsync(40, "http://orders.sales", cancellationToken: Cancelled)).ShouldBeServedByAllOf("alpha", "beta");
    }

    [Fact(Timeout = Bound)]
    public async Task OtherNetwork_NoCluster_IsReachedAndTheErrorSaysWhatToDo()
    {
        await using var mesh = await WorldAsync();
        var app = mesh.App(configure: o => o.Network = "elsewhere");

        var results = await app.SendAsync(3, "http://orders.sales", cancellationToken: Cancelled);

        results.ShouldAllFail()[0].Failure.ShouldNotBeNull().ShouldContain("Network");
        mesh.Clusters.SelectMany(c => c.Pods()).Sum(p => p.Dials).ShouldBe(0);
    }

    [Fact(Timeout = Bound)]
    public async Task Wait_ConditionThatNeverHolds_SaysWhichAndWhatTheAppKnows()
    {
        await using var mesh = await WorldAsync();
        var app = mesh.App("alpha", "n1");
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await app.WaitForSyncAsync(Cancelled);

        var waiting = app.WaitUntilAsync(() => app.FreshnessOf("delta") == ClusterFreshness.Live, impatient.Token);
        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        app.Describe().ShouldContain("cluster alpha: Live");
        app.Describe().ShouldContain("orders.sales");
    }

    private Task<MeshFixture> WorldAsync() => MeshFixture.StartAsync(
        m =>
        {
            m.Output = output.WriteLine;
            m.Cluster("alpha", region: "eu", zone: "eu-1").Node("n2", zone: "eu-1b").Cluster("beta", region: "eu", zone: "eu-2").Service("orders.sales", replicas: 2);
        },
        Cancelled);
}
