using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>How the provider stands beside the others of service discovery.</summary>
public class OtherProviderTests
{
    [Theory]
    [InlineData("http://example.com")]
    [InlineData("http://nothing.elsewhere")]
    [InlineData("http://localhost")]
    public async Task NameThatIsNoService_IsLeftToTheNextProvider(string name)
    {
        await using var mesh = await Resolving.StartAsync();

        (await mesh.AddressesAsync(name)).ShouldHaveSingleItem().ShouldContain(new Uri(name).Host);
    }

    [Fact]
    public async Task NameThatBecomesAService_IsResolvedThen()
    {
        await using var mesh = await Resolving.StartAsync();
        var before = await mesh.ResolveAsync("http://items.depot");
        before.Endpoints.ShouldHaveSingleItem().ToString()!.ShouldContain("items.depot");

        mesh.Source.Service("items.depot", "alpha", static s => s.Endpoint("10.0.0.1", 80));

        await Eventually.BecomesTrue(() => before.ChangeToken.HasChanged, "the token fires");
        await mesh.ShouldBecomeAsync("http://items.depot", "10.0.0.1:80");
    }

    [Fact]
    public async Task ServiceWithoutEndpoints_IsLeftToTheNextProviderAndItIsSaid()
    {
        await using var mesh = await Resolving.StartAsync();

        (await mesh.AddressesAsync("http://orders.sales")).ShouldHaveSingleItem().ShouldContain("orders.sales");

        mesh.Logs.GetSnapshot().Where(static r => r.Id.Id == 1331).ShouldHaveSingleItem().Message.ShouldStartWith("orders.sales is asked for by service discovery and the mesh has no endpoint to name");
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80));
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80");
        mesh.Logs.GetSnapshot().Count(static r => r.Id.Id == 1332).ShouldBe(1);
    }

    [Fact]
    public async Task Configuration_HasTheSay()
    {
        await using var mesh = await Resolving.StartAsync(settings: new() { ["Services:orders.sales:http:0"] = "http://192.0.2.7:81" });
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80));
        mesh.Source.Service("items.sales", "alpha", static s => s.Endpoint("10.0.0.2", 80));

        await mesh.ShouldBecomeAsync("http://items.sales", "10.0.0.2:80");
        await mesh.ShouldBecomeAsync("http://orders.sales", "http://192.0.2.7:81/");
    }

    [Fact]
    public async Task WithoutAMesh_TheErrorNamesWhatIsMissing()
    {
        await using var services = new ServiceCollection().AddMeshServiceEndpointProvider().BuildServiceProvider();

        var error = await Should.ThrowAsync<InvalidOperationException>(services.GetRequiredService<Microsoft.Extensions.ServiceDiscovery.ServiceEndpointResolver>().GetEndpointsAsync("http://orders.sales", Stop).AsTask());

        error.Message.ShouldContain("call AddMeshRouting too");
    }
}
