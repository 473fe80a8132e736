using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Hosting;

/// <summary>The mesh without dependency injection.</summary>
public class MeshRoutingTests
{
    [Fact]
    public async Task Start_WithASource_ClientsReachServicesByName()
    {
        await using var orders = await Backend.SayingAsync("orders");
        await using var mesh = await MeshRouting.StartAsync(
            m => m.RunsIn(cluster: "alpha").AddMemory(s => s.Service("orders.sales", "alpha", e => e.Endpoint("127.0.0.1", orders.Port))).Configure(o => o.Namespaces.Add("sales")),
            Stop);
        using var client = mesh.CreateHttpClient();
        using var other = mesh.CreateHttpClient();

        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("orders");
        (await other.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("orders");
        (await client.GetStringAsync(orders.Uri, Stop)).ShouldBe("orders");

        await mesh.WaitForSyncAsync(Stop);
        mesh.Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).ShouldHaveSingleItem().Address.ShouldBe($"127.0.0.1:{orders.Port}");
        mesh.Catalog.Clusters.ShouldHaveSingleItem().Cluster.ShouldBe(new ClusterId("alpha"));
    }

    [Fact]
    public async Task Start_WrongSettings_FailsNamingAllOfThem()
    {
        var error = await Should.ThrowAsync<OptionsValidationException>(MeshRouting.StartAsync(
            static m => m.Configure(static o =>
            {
                o.Policy.MaxRetries = -1;
                o.InitialSyncTimeout = TimeSpan.FromSeconds(-1);
            }),
            Stop));

        error.Message.ShouldContain("MaxRetries is -1");
        error.Message.ShouldContain("InitialSyncTimeout");
    }

    [Fact]
    public async Task Dispose_BodyUnderWay_IsReadToItsEnd()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var orders = await Backend.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync("begin "u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await release.Task;
            await context.Response.Body.WriteAsync("end"u8.ToArray(), context.RequestAborted);
        });
        var mesh = await MeshRouting.StartAsync(
            m => m.AddMemory(s => s.Service("orders.sales", "alpha", e => e.Endpoint("127.0.0.1", orders.Port))).Configure(o => o.Namespaces.Add("sales")),
            Stop);
        using var client = mesh.CreateHttpClient();
        using var response = await client.GetAsync("http://orders.sales/", HttpCompletionOption.ResponseHeadersRead, Stop);

        await mesh.DisposeAsync();
        release.SetResult();

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("begin end");
    }

    [Fact]
    public async Task Dispose_AClientThatHasSentSendsAgain_SaysThatTheMeshIsGone()
    {
        await using var orders = await Backend.SayingAsync("orders");
        var mesh = await MeshRouting.StartAsync(
            m => m.AddMemory(s => s.Service("orders.sales", "alpha", e => e.Endpoint("127.0.0.1", orders.Port))).Configure(o => o.Namespaces.Add("sales")),
            Stop);
        using var client = mesh.CreateHttpClient();
        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("orders");

        await mesh.DisposeAsync();

        (await Should.ThrowAsync<ObjectDisposedException>(client.GetAsync("http://invoices.sales/", Stop))).Message
            .ShouldBe("The mesh that this client belongs to was disposed (its MeshRouting, or the host's services). Keep it as long as its clients.");
    }

    [Fact]
    public async Task Dispose_UsedAfterwards_NamesTheMesh()
    {
        var mesh = await MeshRouting.StartAsync(static m => m.AddMemory(static s => s.Service("orders.sales", "alpha", static e => e.Endpoint("127.0.0.1", 1))), Stop);
        using var client = mesh.CreateHttpClient();

        await mesh.DisposeAsync();
        await mesh.DisposeAsync();

        Should.Throw<ObjectDisposedException>(() => mesh.CreateHttpClient()).ObjectName.ShouldBe("Mesh.MeshRouting");
        Should.Throw<ObjectDisposedException>(() => mesh.Catalog).ObjectName.ShouldBe("Mesh.MeshRouting");
        Should.Throw<ObjectDisposedException>(() => mesh.Explain("orders.sales")).ObjectName.ShouldBe("Mesh.MeshRouting");
        (await Should.ThrowAsync<ObjectDisposedException>(client.GetAsync("http://orders.sales/", Stop))).Message
            .ShouldBe("The mesh that this client belongs to was disposed (its MeshRouting, or the host's services). Keep it as long as its clients.");
    }
}
