using k8s;
using Mesh.RealServers;

namespace Mesh.Fixture;

/// <summary>What the fixture relies on where a controller manager, not the fixture, makes the slices; both versions side by side.</summary>
[Collection(RealServersGroup.Name)]
public sealed class RealFixtureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("1.37", "1.30")]
    public async Task ScaleReplaceStopStart_SlicesOfTheControllerFollow(string alpha, string beta)
    {
        var (first, second) = (RealServers.RealServers.Require(alpha), RealServers.RealServers.Require(beta));
        await using var mesh = await MeshFixture.StartAsync(
            m =>
            {
                m.Output = output.WriteLine;
                m.Cluster("alpha", zone: "eu-1", provider: first).Node("n2", zone: "eu-2").Cluster("beta", provider: second).Node("n2").Service("orders.sales", replicas: 3);
            },
            Cancelled);

        foreach (var cluster in mesh.Clusters)
        {
            await ShouldShowAsync(cluster);
            await cluster.ScaleAsync("orders.sales", 5, Cancelled);
            await ShouldShowAsync(cluster);
            await cluster.Pods(node: "n2").ReplaceAsync(Cancelled);
            await ShouldShowAsync(cluster);
            await cluster.ScaleAsync("orders.sales", 2, Cancelled);
            await ShouldShowAsync(cluster);
            await cluster.StopAsync(cancellationToken: Cancelled);
            await cluster.StartAsync(Cancelled);
            await ShouldShowAsync(cluster);
        }
    }

    private static async Task ShouldShowAsync(FixtureCluster cluster)
    {
        var slices = await cluster.Client.DiscoveryV1.ListNamespacedEndpointSliceAsync("sales", cancellationToken: Cancelled);
        // The controller keeps a leaving pod's endpoint for a moment, not ready.
        slices.Items.SelectMany(slice => slice.Endpoints ?? []).Where(e => e.Conditions.Ready == true).Select(e => (e.Addresses.Single(), e.NodeName, e.Zone, e.Conditions.Ready))
            .ShouldBe(cluster.Pods().Select(p => (p.Address.ToString(), p.Node, p.Zone!, (bool?)true)), ignoreOrder: true);
    }
}
