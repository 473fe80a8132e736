using Mesh.Backends;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>Clients of the factory that resolve names, with the mesh's own handler and without it.</summary>
public class HttpClientTests
{
    [Fact]
    public async Task ClientWithoutTheMesh_ReachesServicesThroughTheProvider()
    {
        await using var backend = await Backend.SayingAsync("hello");
        await using var mesh = await Resolving.StartAsync(
            static s => s.AddHttpClient("plain").AddServiceDiscovery().ConfigureMeshRouting(static m => m.Enabled = false),
            static o => o.ShouldApplyHostNameMetadata = static _ => true);
        mesh.SetOrders(backend);
        await mesh.ShouldBecomeAsync("http://orders.sales", $"127.0.0.1:{backend.Port}");

        (await mesh.Client("plain").GetStringAsync("http://orders.sales/items", Stop)).ShouldBe("hello");
        (await mesh.Client("plain").GetStringAsync("https+http://orders.sales/items", Stop)).ShouldBe("hello");

        backend.Requests.ShouldBe(["orders.sales/items", "orders.sales/items"]);
    }

    [Fact]
    public async Task ClientWithBoth_IsServed()
    {
        await using var backend = await Backend.SayingAsync("hello");
        await using var mesh = await Resolving.StartAsync(static s => s.AddHttpClient("both").AddServiceDiscovery());
        mesh.SetOrders(backend);

        (await mesh.Client("both").GetStringAsync("http://orders.sales/items", Stop)).ShouldBe("hello");
        (await mesh.Client("both").GetStringAsync("https+http://orders.sales/items", Stop)).ShouldBe("hello");

        // Beside it, one that the mesh alone serves.
        (await mesh.Client().GetStringAsync("http://orders.sales/items", Stop)).ShouldBe("hello");
        backend.Requests.Last().ShouldBe("orders.sales/items");
    }

    [Fact]
    public async Task ClientWithServiceDiscoveryAndNoProvider_IsRoutedByTheMesh()
    {
        await using var backend = await Backend.SayingAsync("hello");
        await using var mesh = await TestMesh.StartAsync(
            static s =>
            {
                s.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
                s.AddServiceDiscovery();
                s.AddHttpClient("both").AddServiceDiscovery();
            },
            null,
            backend);

        (await mesh.Client("both").GetStringAsync("http://orders.sales/items", Stop)).ShouldBe("hello");

        // The mesh keeps the Host; service discovery would have put an address there.
        backend.Requests.ShouldBe(["orders.sales/items"]);
    }

    [Fact]
    public async Task ClientWithBothAndNothingToName_IsServedByTheMeshAlone()
    {
        await using var backend = await Backend.SayingAsync("hello");
        await using var mesh = await Resolving.StartAsync(static s => s.AddHttpClient("both").AddServiceDiscovery());
        (await mesh.AddressesAsync("http://orders.sales")).ShouldHaveSingleItem().ShouldContain("orders.sales");

        // The last provider passes the name through, and the handler knows it: what is said there is the mesh's own error.
        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client("both").GetAsync("http://orders.sales/", Stop));

        error.Message.ShouldContain("orders.sales");
    }
}
