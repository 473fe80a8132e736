using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Mesh;

/// <summary>YARP, whose destinations are names that the mesh resolves.</summary>
public class ReverseProxyTests
{
    [Fact]
    public async Task Destination_FollowsTheService()
    {
        await using var first = await Backend.SayingAsync("first");
        await using var second = await Backend.SayingAsync("second");
        var source = new MemoryCatalogSource().Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", first.Port));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddMeshRouting(m => m.RunsIn(cluster: "alpha").Configure(static o => o.Namespaces.Add("sales")).AddSource(_ => source));
        builder.Services.AddServiceDiscovery().AddMeshServiceEndpointProvider();
        builder.Services.AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "orders", ClusterId = "orders", Match = new RouteMatch { Path = "{**rest}" } }],
                [new ClusterConfig { ClusterId = "orders", Destinations = new Dictionary<string, DestinationConfig> { ["orders"] = new() { Address = "http://orders.sales", Host = "orders.sales" } } }])
            .AddServiceDiscoveryDestinationResolver();
        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(Stop);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        (await client.GetStringAsync("/items", Stop)).ShouldBe("first");
        first.Requests.ShouldBe(["orders.sales/items"]);

        source.Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", second.Port));
        string answer;
        var tries = 0;
        do
        {
            answer = await client.GetStringAsync("/items", Stop);
        }
        while (answer != "second" && ++tries < 100_000);

        answer.ShouldBe("second");
    }
}
