using Mesh;
using Xunit;

public class OrdersTests
{
    [Fact]
    public async Task Orders_OwnClusterStops_ServedByTheOther()
    {
        await using var mesh = await MeshFixture.StartAsync(m => m
            .Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2")
            .Service("orders.sales", replicas: 2));
        await using var app = mesh.App(cluster: "alpha", node: "n1");

        (await app.SendAsync(10, "http://orders.sales")).ShouldAllBeServedBy("alpha");
        await mesh["alpha"].StopAsync();
        (await app.SendAsync(10, "http://orders.sales")).ShouldAllBeServedBy("beta");
    }
}
