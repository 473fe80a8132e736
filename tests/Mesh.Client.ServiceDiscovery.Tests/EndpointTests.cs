using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh;

/// <summary>Which endpoints a name resolves to.</summary>
public class EndpointTests
{
    [Theory]
    [InlineData("http://orders.sales")]
    [InlineData("orders.sales")]
    [InlineData("http://orders.sales.svc.clusterset.local")]
    [InlineData("http://_http.orders.sales")]
    [InlineData("http://orders.sales:80")]
    public async Task Names_AreReadAsTheRouterReadsHosts(string name)
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("orders.sales", "alpha", static s => s.Port(80, "http").Port(9000, "grpc").Endpoint(new Dictionary<string, int> { ["http"] = 8080, ["grpc"] = 9090 }, new EndpointDescription(EndpointAddress.Parse("10.0.0.1"))));

        await mesh.ShouldBecomeAsync(name, "10.0.0.1:8080");
    }

    [Fact]
    public async Task NamedPortAndPortNumber_ChooseTheEndpointsPort()
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("orders.sales", "alpha", static s => s.Port(80, "http").Port(9000, "grpc").Endpoint(new Dictionary<string, int> { ["http"] = 8080, ["grpc"] = 9090 }, new EndpointDescription(EndpointAddress.Parse("10.0.0.1"))));

        await mesh.ShouldBecomeAsync("http://_grpc.orders.sales", "10.0.0.1:9090");
        await mesh.ShouldBecomeAsync("http://orders.sales:9000", "10.0.0.1:9090");
    }

    [Fact]
    public async Task SeveralSchemes_TheServicesPortSaysWhichOneItIs()
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("plain.sales", "alpha", static s => s.Endpoint("10.0.0.1", 8080));
        mesh.Source.Service("secure.sales", "alpha", static s => s.Port(80, "http").Port(443, "https").Endpoint(new Dictionary<string, int> { ["http"] = 8080, ["https"] = 8443 }, new EndpointDescription(EndpointAddress.Parse("10.0.0.2"))));

        await mesh.ShouldBecomeAsync("https+http://plain.sales", "http://10.0.0.1:8080/");
        await mesh.ShouldBecomeAsync("https+http://secure.sales", "https://10.0.0.2:8443/");
    }

    [Fact]
    public async Task NearestTierOnly_InItsOrder()
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("orders.sales", "beta", static s => s.Endpoint("10.1.0.1", 80));
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80).Endpoint("10.0.0.2", 80));

        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80", "10.0.0.2:80");

        mesh.Source.Remove(new ClusterId("alpha"), ServiceName.Parse("orders.sales"));

        await mesh.ShouldBecomeAsync("http://orders.sales", "10.1.0.1:80");
    }

    [Fact]
    public async Task DrainedCluster_IsLeftOutWhileAnotherCanServe()
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80));
        mesh.Source.Service("orders.sales", "beta", static s => s.Endpoint("10.1.0.1", 80));
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80");

        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true, Drain = 50 });
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.1.0.1:80");

        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true });
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80");
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true, Drain = 100 });
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.1.0.1:80");

        mesh.Source.Remove(new ClusterId("beta"), ServiceName.Parse("orders.sales"));
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80");
    }

    [Fact]
    public async Task EjectedEndpoint_IsLeftOut()
    {
        await using var backend = await Backend.StartAsync();
        var dead = TestMesh.ClosedPort();
        await using var mesh = await Resolving.StartAsync(mesh: static m => m.Configure(static o => o.Policy.ConsecutiveFailures = 1));
        mesh.SetOrders("alpha", dead, backend.Port);
        await mesh.ShouldBecomeAsync("http://orders.sales", $"127.0.0.1:{dead}", $"127.0.0.1:{backend.Port}");

        // The mesh's own clients learn that it is dead; whoever resolves names profits from it. One that is not told hears of it by the token.
        var token = (await mesh.ResolveAsync("http://orders.sales")).ChangeToken;
        while (mesh.Explain(dead).Health == "healthy")
        {
            (await mesh.Client().GetAsync("http://orders.sales/", Stop)).Dispose();
        }

        await Eventually.BecomesTrue(() => token.HasChanged, "the token fires");
        await mesh.ShouldBecomeAsync("http://orders.sales", $"127.0.0.1:{backend.Port}");
    }

    [Fact]
    public async Task Gateways_AreLeftOutAndItIsSaidOnce()
    {
        // A router that may dial gateways, without the certificates that dialling takes.
        await using var mesh = await Resolving.StartAsync(static services => services.AddSingleton(static s => new MeshRouter(
            s.GetRequiredService<IMeshCatalog>(),
            new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha")), CallerNetwork = "here", DialsGateways = true, KnownNamespaces = ["sales"] },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            s.GetRequiredService<ILoggerFactory>())));
        mesh.Source.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { Network = "there", Gateway = new GatewayAddress([EndpointAddress.Parse("192.0.2.1")]) });
        mesh.Source.Service("orders.sales", "beta", static s => s.Endpoint("10.1.0.1", 80));
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMesh>().Catalog.Services.Any(), "the service is known");

        var first = await mesh.ResolveAsync("http://orders.sales");
        mesh.Source.Service("orders.sales", "gamma", static s => s.Endpoint("10.2.0.1", 80));
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.2.0.1:80");

        first.Endpoints.ShouldHaveSingleItem().ToString().ShouldNotBe("192.0.2.1:15443");
        mesh.Logs.GetSnapshot().Where(static r => r.Id.Id == 1330).ShouldHaveSingleItem().Message.ShouldContain("orders.sales is resolved for service discovery without cluster beta");
    }

    [Fact]
    public async Task HostName_IsCarriedWhereAskedFor()
    {
        await using var without = await Resolving.StartAsync();
        await using var with = await Resolving.StartAsync(options: static o => o.ShouldApplyHostNameMetadata = static _ => true);
        foreach (var mesh in new[] { without, with })
        {
            mesh.Source.Service("orders.sales", "alpha", static s => s.Port(80, "http").Endpoint(8080, new EndpointDescription(EndpointAddress.Parse("10.0.0.1"))));
            await mesh.ShouldBecomeAsync("http://_http.orders.sales", "10.0.0.1:8080");
        }

        (await without.ResolveAsync("http://_http.orders.sales")).Endpoints[0].Features.Get<IHostNameFeature>().ShouldBeNull();
        (await with.ResolveAsync("http://_http.orders.sales")).Endpoints[0].Features.Get<IHostNameFeature>()!.HostName.ShouldBe("orders.sales");
    }
}
