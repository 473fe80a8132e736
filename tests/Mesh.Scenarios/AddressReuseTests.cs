namespace Mesh;

/// <summary>Addresses are used again: a cluster whose API server is gone cannot hold one that another cluster now shows, whatever service it is for.</summary>
public class AddressReuseTests
{
    private const string Url = "http://orders.sales/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Address_OfAStaleClusterIsAnotherServicesNow_NobodyAsksItForTheOldOne()
    {
        await using var mesh = await MeshFixture.StartAsync(
            static m => m.Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2")
                .Service("orders.sales", replicas: 2).Service("payments.sales", clusters: ["beta"]),
            Stop);
        await using var app = mesh.App(cluster: "alpha", node: "n1");
        await app.WaitForSyncAsync(Stop);
        (await app.SendAsync(20, Url, cancellationToken: Stop)).ShouldAllBeServedBy("alpha");
        await mesh["alpha"].ApiServer.StopAsync(Stop);
        await app.WaitForFreshnessAsync("alpha", ClusterFreshness.Stale, Stop);
        var gone = mesh["alpha"].Pods("orders.sales")[0];

        // The node is handed to beta, and with it the address; alpha's slices say what they said.
        var taker = await mesh["beta"].ReuseAddressAsync("payments.sales", gone, Stop);
        await app.WaitUntilAsync(() => app.Endpoints("payments.sales").Contains(taker.Address.ToString()) && LeftOut(app, gone) is not null, Stop);

        app.Endpoints("orders.sales", "alpha").ShouldContain(gone.Address.ToString());
        LeftOut(app, gone)!.ShouldBe("its cluster is stale, and a live cluster of the same network now shows this address for service payments.sales");
        var results = await app.SendAsync(100, Url, cancellationToken: Stop);
        results.ShouldAllSucceed();
        results.ShouldAllBe(static r => r.ServedBy!.Service == ServiceName.Parse("orders.sales"));

        // The claim goes, and the address is the stale cluster's again.
        await mesh["beta"].ScaleAsync("payments.sales", 0, Stop);
        await app.WaitUntilAsync(() => LeftOut(app, gone) is null, Stop);
        app.Explain(Url).Tiers.SelectMany(static t => t.Endpoints).ShouldContain(e => e.Address.StartsWith($"{gone.Address}:", StringComparison.Ordinal));
    }

    private static string? LeftOut(FixtureApp app, FixturePod pod) =>
        app.Explain(Url).LeftOut.FirstOrDefault(l => l.Cluster.Name == "alpha" && l.Subject.StartsWith($"{pod.Address}:", StringComparison.Ordinal))?.Reason;
}
