using k8s;
using k8s.Models;

namespace Mesh;

/// <summary>What EndpointSlices say beyond addresses, from the API server to the request.</summary>
public class EndpointSliceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Hints_ForTheCallersZone_NarrowTheOwnClusterAloneAndComeAndGo()
    {
        await using var mesh = await MeshFixture.StartAsync(
            m => m
                .Cluster("alpha", region: "eu", zone: "eu-1").Node("n2", zone: "eu-2")
                .Cluster("beta", region: "eu", zone: "eu-1")
                .Service("orders.sales", replicas: 2, configure: s => s.TrafficDistribution = "PreferClose"),
            Token);
        await using var app = mesh.App(cluster: "alpha", node: "n1");
        await using var other = mesh.App(cluster: "beta");
        await app.WaitForSyncAsync(Token);
        await other.WaitForSyncAsync(Token);
        (await app.SendAsync(40, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha", node: "n1");
        app.Explain("orders.sales").Policy.Single(f => f.Name == "TrafficDistribution").Value.ShouldStartWith("PreferSameZone");

        await ChangeAsync(mesh["alpha"], e => e.Hints = new V1EndpointHints { ForZones = [new V1ForZone { Name = e.NodeName == "n2" ? "eu-1" : "eu-2" }] });
        await app.WaitUntilAsync(() => app.Explain("orders.sales").TopologyHints is not null, Token);
        await other.WaitUntilAsync(() => other.Catalog.Services.Single(s => s.Name.Name == "orders").Endpoints.ToArray().Any(e => !e.ZoneHints.IsEmpty), Token);

        (await app.SendAsync(40, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha", node: "n2");
        await mesh["beta"].StopAsync(cancellationToken: Token);
        var elsewhere = await other.SendAsync(200, "http://orders.sales", cancellationToken: Token);
        elsewhere.ShouldAllBeServedBy("alpha");
        elsewhere.ByNode.Count.ShouldBe(2, "alpha's hints are for alpha's callers");

        await ChangeAsync(mesh["alpha"], e => e.Hints = null);
        await app.WaitUntilAsync(() => app.Explain("orders.sales").TopologyHints is null, Token);
        (await app.SendAsync(40, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha", node: "n1");
    }

    [Fact(Timeout = 60_000)]
    public async Task DualStack_EachPodInASliceOfBothFamilies_CountsOnceAndIsDialledByTheFirstFamily()
    {
        await using var mesh = await MeshFixture.StartAsync(m => m.Cluster("alpha").Service("orders.sales", replicas: 3), Token);
        await using var app = mesh.App(cluster: "alpha");
        await app.WaitForPodsAsync("orders.sales", "alpha", Token);

        // Nobody listens there: a request that went to one would be tried again elsewhere, and counted.
        var slice = await mesh["alpha"].Client.DiscoveryV1.ReadNamespacedEndpointSliceAsync("orders-0", "sales", cancellationToken: Token);
        var six = new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta { Name = "orders-six", Labels = slice.Metadata.Labels },
            AddressType = "IPv6",
            Ports = slice.Ports,
            Endpoints = [.. slice.Endpoints.Select((e, i) => new V1Endpoint { Addresses = [$"fd00::{i + 1}"], Conditions = e.Conditions, TargetRef = e.TargetRef, NodeName = e.NodeName })],
        };
        six.Endpoints.Add(new V1Endpoint { Addresses = ["fd00::9"], Conditions = new V1EndpointConditions { Ready = false } });
        await mesh["alpha"].Client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(six, "sales", cancellationToken: Token);
        await app.WaitUntilAsync(() => app.Endpoints("orders.sales").Contains("fd00::9"), Token);

        app.Endpoints("orders.sales").Where(a => a.Contains(':', StringComparison.Ordinal)).ShouldBe(["fd00::9"], "the others are pods that are known already");
        app.Catalog.Services.Single(s => s.Name.Name == "orders").EndpointCount.ShouldBe(4);
        (await app.SendAsync(60, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha");
    }

    private static async Task ChangeAsync(FixtureCluster cluster, Action<V1Endpoint> change)
    {
        var slice = await cluster.Client.DiscoveryV1.ReadNamespacedEndpointSliceAsync("orders-0", "sales", cancellationToken: Token);
        foreach (var endpoint in slice.Endpoints) change(endpoint);
        await cluster.Client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(slice, "orders-0", "sales", cancellationToken: Token);
    }
}
