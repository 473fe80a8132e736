namespace Mesh;

/// <summary>The story of the quick start over K3s and real API servers of two versions, all in one world: each cluster's death, and their return.</summary>
public class ThreeProvidersTests
{
    private const int Settled = 50;

    // Three control planes that start at once are slow on a loaded machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private static readonly string[] Services = ["orders.sales", "carts.sales", "prices.catalog"];

    [Fact(Timeout = 600_000)]
    public async Task ClustersOfThreeProviders_DieOneAfterTheOtherAndComeBack_NoRequestFails()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var k3s = Available(new K3sClusterProvider(new K3sClusterOptions { StartTimeout = Patience }));
        var newer = Available(RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { StartTimeout = Patience }));
        var older = Available(RealClusterProvider.ForVersion("1.30").With(new RealClusterOptions { StartTimeout = Patience }));
        await using var mesh = await MeshFixture.StartAsync(
            m =>
            {
                m.Output = line => TestContext.Current.TestOutputHelper?.WriteLine(line);
                m.Cluster("alpha", region: "eu", zone: "eu-1", provider: k3s).Node("n2", zone: "eu-1").Node("n3", zone: "eu-2")
                    .Cluster("beta", region: "eu", zone: "eu-3", provider: newer)
                    .Cluster("gamma", region: "us", zone: "us-1", provider: older);
                foreach (var service in Services) m.Service(service, replicas: 3);
            },
            cancellationToken);
        await using var app = mesh.App(cluster: "alpha", node: "n1");
        await app.WaitForSyncAsync(cancellationToken);
        var (alpha, beta) = (mesh["alpha"], mesh["beta"]);
        await using var load = app.StartLoad([.. Services.Select(Url)]);

        await ShouldSettleAsync(app, "alpha/n1");
        await alpha.Pods(node: "n1").StopAsync();
        await ShouldSettleAsync(app, "alpha/n2");
        await alpha.Pods(zone: "eu-1").StopAsync();
        await ShouldSettleAsync(app, "alpha/n3");
        await alpha.StopAsync(cancellationToken: cancellationToken);
        await ShouldSettleAsync(app, "beta/n1");
        await app.WaitForFreshnessAsync("alpha", ClusterFreshness.Stale, cancellationToken);
        await beta.StopAsync(cancellationToken: cancellationToken);
        await ShouldSettleAsync(app, "gamma/n1");
        await beta.StartAsync(cancellationToken);
        await ShouldSettleAsync(app, "beta/n1");

        // What changed while the app could not see it is taken up when the API server answers again.
        await alpha.StartAsync(cancellationToken);
        await alpha.Pods().ReplaceAsync(cancellationToken);
        foreach (var service in Services) await app.WaitForPodsAsync(service, "alpha", cancellationToken);
        await app.WaitForFreshnessAsync("alpha", ClusterFreshness.Live, cancellationToken);
        await ShouldSettleAsync(app, "alpha/n1");

        (await load.StopAsync()).ShouldAllSucceed();
    }

    private static IClusterProvider Available(IClusterProvider provider)
    {
        Assert.SkipWhen(provider.UnavailableReason is not null, provider.UnavailableReason ?? "");
        return provider;
    }

    /// <summary>Sends until every service was served by a node alone, so many times in a row; none of the requests may fail.</summary>
    private static async Task ShouldSettleAsync(FixtureApp app, string node)
    {
        foreach (var service in Services)
        {
            SendResults results;
            do
            {
                // Ejections and breakers let single requests try the dead again; the test's own time-out bounds the wait.
                results = (await app.SendAsync(Settled, Url(service), cancellationToken: TestContext.Current.CancellationToken)).ShouldAllSucceed();
            }
            while (results.ByNode.GetValueOrDefault(node) < Settled);
        }
    }

    private static string Url(string service) => $"http://{service}/";
}
