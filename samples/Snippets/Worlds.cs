using Mesh;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

/// <summary>What a test author writes.</summary>
internal static class Worlds
{
    public static async Task Story()
    {
        await using var mesh = await MeshFixture.StartAsync(m => m
            .Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2")
            .Service("orders.sales", replicas: 3));
        await using var app = mesh.App(cluster: "alpha", node: "n1");

        (await app.SendAsync(100, "http://orders.sales")).ShouldAllBeServedBy("alpha");
        await mesh["alpha"].StopAsync();
        (await app.SendAsync(100, "http://orders.sales")).ShouldAllBeServedBy("beta");
    }

    public static async Task ThroughGateways()
    {
        await using var mesh = await MeshFixture.StartAsync(m => m
            .Cluster("alpha", region: "eu").Cluster("beta", region: "eu", network: "far").Gateway(2)
            .Service("orders.sales", clusters: ["beta"]));
        await using var app = mesh.App(cluster: "alpha");
        (await app.SendAsync(100, "http://orders.sales")).ShouldAllBeServedBy("beta");
        await mesh["beta"].Gateways[0].StopAsync();
    }

    public static async Task OnK3s()
    {
        var k3s = new K3sClusterProvider(new K3sClusterOptions { Image = "rancher/k3s:v1.34.1-k3s1", PullMissingImage = true });
        await using var mesh = await MeshFixture.StartAsync(m => m
            .Cluster("alpha", region: "eu", provider: k3s).Cluster("beta", region: "us")
            .Service("orders.sales", replicas: 3));
    }

    public static void Substitute(IServiceCollection services)
    {
        services.ReplaceMeshCatalog(c => c.Service("orders.sales", "http://127.0.0.1:5000"));
    }
}
