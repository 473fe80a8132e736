using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh;

/// <summary>An API server that does not answer says nothing about the pods of its cluster.</summary>
public class ApiServerLossTests
{
    private const string Service = "orders.sales";
    private const string Url = "http://orders.sales/";
    private const int Round = 200;

    [Fact(Timeout = 120_000)]
    public Task ApiServer_AloneIsDownForTenMinutes_SharesStayAndWhatCameMeanwhileIsTakenUp_Simulated() =>
        PlayAsync(new SimulatedClusterProvider(), new SimulatedClusterProvider());

    [Fact(Timeout = 180_000)]
    public Task ApiServer_AloneIsDownForTenMinutes_SharesStayAndWhatCameMeanwhileIsTakenUp_Real137() => PlayAsync(RealClusterProvider.ForVersion("1.37"));

    [Fact(Timeout = 180_000)]
    public Task ApiServer_AloneIsDownForTenMinutes_SharesStayAndWhatCameMeanwhileIsTakenUp_Real130() => PlayAsync(RealClusterProvider.ForVersion("1.30"));

    private static Task PlayAsync(RealClusterProvider provider)
    {
        Assert.SkipWhen(provider.UnavailableReason is not null, provider.UnavailableReason ?? "");
        return PlayAsync(provider, new SimulatedClusterProvider());
    }

    private static async Task PlayAsync(IClusterProvider provider, IClusterProvider others)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync(
            m => m
                .Cluster("alpha", region: "eu", provider: others)
                .Cluster("beta", region: "eu", provider: provider)
                .Cluster("gamma", region: "eu", provider: others)
                .Service(Service, replicas: 2, clusters: ["beta", "gamma"]),
            cancellationToken);
        var clock = new FakeTimeProvider();
        await using var app = mesh.App(cluster: "alpha", configure: o =>
        {
            o.TimeProvider = clock;
            o.ConfigureMesh(c => c.Configure(p => p.Services[Service] = new ServicePolicyOptions { LoadBalancing = "round-robin" }));
        });
        var beta = mesh["beta"];
        await app.WaitForSyncAsync(cancellationToken);
        var known = app.Endpoints(Service, "beta");
        var before = (await app.SendAsync(Round, Url, cancellationToken: cancellationToken)).ShouldAllSucceed();
        before.ByPod.Count.ShouldBe(4);
        var shares = Shares(app);

        // Ten minutes with the API server alone gone, each second of them under load. Meanwhile another cluster changes, so that routes are laid out anew with what is stale.
        await beta.ApiServer.StopAsync(cancellationToken);
        await app.WaitForFreshnessAsync("beta", ClusterFreshness.Stale, cancellationToken);
        for (var second = 0; second < 600; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            if (second == 300)
            {
                await mesh["gamma"].Pods().ReplaceAsync(cancellationToken);
                await app.WaitForPodsAsync(Service, "gamma", cancellationToken);
            }

            (await app.SendAsync(2, Url, cancellationToken: cancellationToken)).ShouldAllSucceed();
        }

        app.FreshnessOf("beta").ShouldBe(ClusterFreshness.Stale);
        app.Endpoints(Service, "beta").ShouldBe(known);
        Shares(app).ShouldBe(shares);
        var after = (await app.SendAsync(Round, Url, cancellationToken: cancellationToken)).ShouldAllSucceed();
        after.ByPod.Count.ShouldBe(4);
        foreach (var (pod, count) in after.ByPod)
        {
            count.ShouldBeInRange((Round / 4) - 2, (Round / 4) + 2, $"{pod}, round robin:\n{before}{after}");
        }

        // It returns with other pods. The clock stands, so the app, between two attempts to connect, is told of nothing: it dials those it knows, and no request fails.
        var former = beta.Pods();
        await beta.ApiServer.StartAsync(cancellationToken);
        await former.ReplaceAsync(cancellationToken);
        app.Endpoints(Service, "beta").ShouldBe(known);
        (await app.SendAsync(Round, Url, cancellationToken: cancellationToken)).ShouldAllSucceed();

        var now = beta.Pods().Select(p => p.Address.ToString()).Order().ToArray();
        await app.WaitUntilAsync(
            () => TurnUntil(clock, () => app.FreshnessOf("beta") == ClusterFreshness.Live && app.Endpoints(Service, "beta").Order().SequenceEqual(now)), cancellationToken);
        now.ShouldNotContain(address => known.Contains(address));
        var back = await app.SendAsync(Round, Url, cancellationToken: cancellationToken);
        back.ShouldAllSucceed();
        back.ByPod.Keys.Order().ShouldBe(mesh.Clusters.SelectMany(c => c.Pods(Service)).Select(p => $"{p.Cluster}/{p.Name}").Order());
    }

    private static string[] Shares(FixtureApp app) =>
        [.. app.Explain(Service).Tiers.SelectMany(t => t.Endpoints.Where(e => e.Cluster.Name == "beta").Select(e => $"{t.Name} {t.Share}: {e.Address}")).Order()];

    private static bool TurnUntil(FakeTimeProvider clock, Func<bool> condition)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return condition();
    }
}
