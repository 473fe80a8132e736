using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Hosting;

/// <summary>What the mesh says to one client.</summary>
public class ExplainTests
{
    [Fact]
    public async Task Explain_NamedClient_ShowsItsOwnPolicy()
    {
        await using var mesh = await StartAsync();
        var asked = mesh.Services.GetRequiredService<IMesh>();

        var slow = asked.Explain("orders.sales", "slow").Policy.Single(static f => f.Name == "Timeout");
        var plain = asked.Explain("orders.sales", "").Policy.Single(static f => f.Name == "Timeout");
        var typed = asked.Explain("orders.sales", nameof(OrdersClient)).Policy.Single(static f => f.Name == "MaxRetries");

        (slow.Value, slow.Origin).ShouldBe(("7 s", PolicyOrigin.Client));
        (plain.Value, plain.Origin).ShouldBe(("none", PolicyOrigin.MeshDefault));
        (typed.Value, typed.Origin).ShouldBe(("5", PolicyOrigin.Client));
    }

    [Fact]
    public async Task Explain_ClientLeavesTheMeshOut_SaysThatItsHostsAreNotTouched()
    {
        await using var mesh = await StartAsync();

        mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales", "apart").ToString()
            .ShouldBe("orders.sales: not of the mesh, passed on untouched.\n  because  this client leaves the mesh out (Enabled is false in its policy)");
    }

    [Fact]
    public async Task Explain_UnknownClient_NamesThoseThatAreKnown()
    {
        await using var mesh = await StartAsync();
        using var used = mesh.Client("used");

        var error = Should.Throw<ArgumentException>(() => mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales", "slwo"));

        error.ParamName.ShouldBe("client");
        error.Message.ShouldStartWith("No HttpClient 'slwo' was configured or used. Known are 'OrdersClient', 'apart', 'plain', 'slow', 'used'; the name of a typed client is its type's.");
    }

    private static Task<TestMesh> StartAsync() => TestMesh.StartAsync(static services =>
    {
        services.AddHttpClient("plain", static c => c.BaseAddress = new Uri("http://orders.sales"));
        services.AddHttpClient("slow").ConfigureMeshRouting(static p => p.Timeout = TimeSpan.FromSeconds(7));
        services.AddHttpClient("apart").ConfigureMeshRouting(static p => p.Enabled = false);
        services.AddHttpClient<OrdersClient>().ConfigureMeshRouting(static p => p.MaxRetries = 5);
    });

    private sealed class OrdersClient(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
