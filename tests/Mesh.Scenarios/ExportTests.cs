using k8s;
using k8s.Models;

namespace Mesh;

/// <summary>Clusters that share what they export, from ServiceExport to request.</summary>
public class ExportTests
{
    private const string ClusterSet = "http://orders.sales.svc.clusterset.local";
    private const string ClusterLocal = "http://orders.sales.svc.cluster.local";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Exports_ComeAndGo_TheNamesTakeInWhatTheyPromise()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh);
        await app.WaitForSyncAsync(Token);

        // Nobody exports anything: the own cluster's service is usable all the same.
        (await app.SendAsync(20, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha");
        (await app.SendAsync(20, ClusterLocal, cancellationToken: Token)).ShouldAllBeServedBy("alpha");
        (await app.SendAsync(1, ClusterSet, cancellationToken: Token)).Failed.ShouldBe(1);
        app.Explain(ClusterSet).Failure!.ShouldContain("export it (ServiceExport) in alpha, beta");

        await ExportAsync(mesh["beta"]);
        await app.WaitUntilAsync(() => app.Explain(ClusterSet).Status == PickStatus.Endpoint, Token);
        (await app.SendAsync(20, ClusterSet, cancellationToken: Token)).ShouldAllBeServedBy("beta");
        (await app.SendAsync(20, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("alpha");

        await mesh["beta"].ApiServer.StopAsync(Token);
        await app.WaitForFreshnessAsync("beta", ClusterFreshness.Stale, Token);
        (await app.SendAsync(20, ClusterSet, cancellationToken: Token)).ShouldAllBeServedBy("beta");
        await mesh["alpha"].Pods("orders.sales").DrainAsync(Token);
        await app.WaitForPodsAsync("orders.sales", "alpha", Token);
        (await app.SendAsync(20, "http://orders.sales", cancellationToken: Token)).ShouldAllBeServedBy("beta");
        (await app.SendAsync(1, ClusterLocal, cancellationToken: Token)).Failed.ShouldBe(1);

        await mesh["beta"].ApiServer.StartAsync(Token);
        await app.WaitForFreshnessAsync("beta", ClusterFreshness.Live, Token);
        await mesh["beta"].Client.CustomObjects.DeleteNamespacedCustomObjectAsync("multicluster.x-k8s.io", "v1beta1", "sales", "serviceexports", "orders", cancellationToken: Token);
        await app.WaitUntilAsync(() => app.Explain("orders.sales").Status != PickStatus.Endpoint, Token);
        app.Explain("orders.sales").LeftOut.ShouldContain(static l => l.Cluster.Name == "beta" && l.Reason == "the cluster does not export the service");
    }

    [Fact(Timeout = 60_000)]
    public async Task Exports_WithOtherPorts_TheOlderOneDecidesAndOnlyWhoExposesThePortIsSentTo()
    {
        await using var mesh = await StartAsync();
        await mesh["beta"].Client.CoreV1.PatchNamespacedServiceAsync(
            new V1Patch("""[{"op":"replace","path":"/spec/ports/0/port","value":8081}]""", V1Patch.PatchType.JsonPatch), "orders", "sales", cancellationToken: Token);
        foreach (var cluster in new[] { "alpha", "beta" }) await ExportAsync(mesh[cluster]);
        await using var app = App(mesh);
        await app.WaitForSyncAsync(Token);
        await app.WaitUntilAsync(() => !app.Explain(ClusterSet).Conflicts.IsEmpty, Token);

        var conflict = app.Explain(ClusterSet).Conflicts.ShouldHaveSingleItem();
        conflict.Cluster.Name.ShouldBe("beta");
        conflict.Message.ShouldStartWith("Its port 'http' 8081/Tcp is 'http' 80/Tcp in cluster alpha, ");
        (await app.SendAsync(40, ClusterSet, cancellationToken: Token)).ShouldAllBeServedBy("alpha");
        app.Explain(ClusterSet + ":8081").Status.ShouldBe(PickStatus.NoSuchPort);
    }

    [Fact(Timeout = 60_000)]
    public async Task Slices_CopiedFromAnotherCluster_AreNotContributedAgain()
    {
        await using var mesh = await StartAsync();
        await ExportAsync(mesh["beta"]);
        foreach (var label in new[] { "source-cluster", "service-name" })
        {
            await mesh["beta"].Client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(
                new V1EndpointSlice
                {
                    Metadata = new V1ObjectMeta
                    {
                        Name = $"copied-{label}",
                        Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "orders", [$"multicluster.kubernetes.io/{label}"] = "gamma" },
                    },
                    AddressType = "IPv4",
                    Ports = [new Discoveryv1EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" }],
                    Endpoints = [new V1Endpoint { Addresses = ["10.99.0.1"], Conditions = new V1EndpointConditions { Ready = true } }],
                },
                "sales",
                cancellationToken: Token);
        }

        await using var app = App(mesh);
        await app.WaitForSyncAsync(Token);
        await app.WaitForPodsAsync("orders.sales", "beta", Token);

        (await app.SendAsync(40, ClusterSet, cancellationToken: Token)).ShouldAllBeServedBy("beta");
    }

    private static Task<MeshFixture> StartAsync() =>
        MeshFixture.StartAsync(static m => m.Cluster("alpha", region: "eu").Cluster("beta", region: "eu").Service("orders.sales", replicas: 2), Token);

    private static FixtureApp App(MeshFixture mesh) => mesh.App(cluster: "alpha", configure: static o => o
        .ConfigureCluster("alpha", static k => k.ExportMode = ExportMode.Exported)
        .ConfigureCluster("beta", static k => k.ExportMode = ExportMode.Exported));

    private static Task<object> ExportAsync(FixtureCluster cluster) => cluster.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
        new Dictionary<string, object> { ["apiVersion"] = "multicluster.x-k8s.io/v1beta1", ["kind"] = "ServiceExport", ["metadata"] = new Dictionary<string, object> { ["name"] = "orders" } },
        "multicluster.x-k8s.io", "v1beta1", "sales", "serviceexports", cancellationToken: Token);
}
