using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>A process that says its node alone is where that Node is.</summary>
public class OwnNodeTests
{
    [Fact(Timeout = 60_000)]
    public Task App_SaysOnlyItsNode_ZoneAndRegionComeFromTheNode_Simulated() => PlayAsync(new SimulatedClusterProvider());

    [Fact(Timeout = 120_000)]
    public Task App_SaysOnlyItsNode_ZoneAndRegionComeFromTheNode_Real137()
    {
        var provider = RealClusterProvider.ForVersion("1.37");
        Assert.SkipWhen(provider.UnavailableReason is not null, provider.UnavailableReason ?? "");
        return PlayAsync(provider);
    }

    private static async Task PlayAsync(IClusterProvider provider)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var mesh = await MeshFixture.StartAsync(
            m => m
                .Cluster("alpha", region: "eu", zone: "eu-1", provider: provider).Node("n2", zone: "eu-2").Node("n3", zone: "eu-2")
                .Service("orders.sales", replicas: 3),
            cancellationToken);
        await using var app = mesh.App(cluster: "alpha", node: "n2", configure: o => o
            .ConfigureMesh(m => m.Configure(p => (p.Locality.Region, p.Locality.Zone) = (null, null)))
            .ConfigureCluster("alpha", k => (k.Region, k.Zone) = (null, null)));
        await app.WaitForSyncAsync(cancellationToken);
        await mesh["alpha"].Pods(node: "n2").DrainAsync(cancellationToken);
        await app.WaitForPodsAsync("orders.sales", "alpha", cancellationToken);
        await app.WaitUntilAsync(() => app.Catalog.FindCluster(new ClusterId("alpha"))?.OwnNode is not null, cancellationToken);

        app.Catalog.FindCluster(new ClusterId("alpha"))!.OwnNode.ShouldBe(new Locality(new ClusterId("alpha"), "eu", "eu-2", "n2"));
        (await app.SendAsync(40, "http://orders.sales/", cancellationToken: cancellationToken)).ShouldAllBeServedBy("alpha", node: "n3");
    }
}
