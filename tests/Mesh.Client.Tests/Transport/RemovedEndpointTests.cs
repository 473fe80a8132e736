using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Transport;

/// <summary>Endpoints that go, and addresses that come back as somebody else's.</summary>
public class RemovedEndpointTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Remove_BodyUnderWay_FinishesAndThenTheConnectionsGo(HttpProtocols protocols)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = await Backend.StartAsync(
            async context =>
            {
                await context.Response.Body.WriteAsync("begin "u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await release.Task;
                await context.Response.Body.WriteAsync("end"u8.ToArray(), context.RequestAborted);
            },
            protocols);
        await using var second = await Backend.SayingAsync("second");
        await using var mesh = await TestMesh.StartAsync(null, null, first);
        using var client = mesh.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/")
        {
            Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);

        mesh.SetOrders(second);
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("second");
        first.OpenConnections.ShouldBe(1);
        release.SetResult();

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("begin end");
        await Eventually.BecomesTrue(() => first.OpenConnections == 0, "the removed endpoint's connections close");
    }

    [Fact]
    public async Task Remove_IdleConnections_AreClosed()
    {
        await using var first = await Backend.SayingAsync("first");
        await using var second = await Backend.SayingAsync("second");
        await using var mesh = await TestMesh.StartAsync(null, null, first);
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("first");
        first.OpenConnections.ShouldBe(1);

        mesh.SetOrders(second);

        await Eventually.BecomesTrue(() => first.OpenConnections == 0, "the removed endpoint's connections close");
    }

    [Fact]
    public async Task Reuse_AddressOfAnotherService_GetsConnectionsOfItsOwn()
    {
        await using var backend = await Backend.SayingAsync("answer");
        await using var mesh = await TestMesh.StartAsync();
        mesh.SetOrders(backend);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("answer");
        var before = backend.Connections.Keys.ShouldHaveSingleItem();

        // Both at once first, then only the new owner.
        mesh.Source.Service("billing.sales", "alpha", s => s.Endpoint("127.0.0.1", backend.Port));
        (await mesh.Client().GetStringAsync("http://billing.sales/", Stop)).ShouldBe("answer");
        backend.Connections.Count.ShouldBe(2);
        mesh.Source.Remove(new ClusterId("alpha"), ServiceName.Parse("orders.sales"));
        await Eventually.BecomesTrue(() => backend.OpenConnections == 1, "the old owner's connection closes");
        (await mesh.Client().GetStringAsync("http://billing.sales/", Stop)).ShouldBe("answer");

        backend.Connections.Count.ShouldBe(2);
        backend.Requests.ShouldBe(["orders.sales/", "billing.sales/", "billing.sales/"]);
        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));
        before.ShouldNotBeNull();
    }

    [Fact]
    public async Task Reuse_AddressByANewTarget_GetsAConnectionOfItsOwn()
    {
        await using var backend = await Backend.SayingAsync("answer");
        await using var mesh = await TestMesh.StartAsync();
        for (var generation = 1; generation <= 2; generation++)
        {
            EndpointAddress.TryParse("127.0.0.1", out var address).ShouldBeTrue();
            var uid = new Guid(generation, 0, 0, new byte[8]);
            mesh.Source.Service("orders.sales", "alpha", s => s.Endpoint(backend.Port, new EndpointDescription(address) { TargetUid = uid }));
            (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("answer");
            backend.Connections.Count.ShouldBe(generation);
        }
    }
}
