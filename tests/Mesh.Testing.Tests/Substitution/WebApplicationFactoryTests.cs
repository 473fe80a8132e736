using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Substitution;

/// <summary>An application with an entry point of its own, whose clusters do not exist here, under <see cref="WebApplicationFactory{TEntryPoint}"/>.</summary>
public class WebApplicationFactoryTests
{
    private static readonly ServiceName Orders = new("sales", "orders");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_NothingReplaced_FailsWithTheClustersSettings()
    {
        await using var factory = new WebApplicationFactory<ShopEntryPoint>();

        var error = Should.Throw<OptionsValidationException>(() => factory.CreateClient());

        error.Message.ShouldContain("alpha");
    }

    [Fact]
    public async Task ReplaceMeshCatalog_AppWithClustersAndFiles_RequestsReachTheTestsServers()
    {
        await using var pod = await StartAsync("orders-1", "alpha");
        await using var app = new WebApplicationFactory<ShopEntryPoint>();
        await using var factory = app.WithWebHostBuilder(web => web.ConfigureTestServices(
            services => services.ReplaceMeshCatalog(c => c.Service("orders.sales", $"http://{pod.EndPoint}"))));
        using var client = factory.CreateClient();

        (await client.GetStringAsync("/orders/7", Token)).ShouldContain("orders-1");

        pod.Served.ShouldBe(1);
        factory.Services.GetRequiredService<IMeshCatalog>().Sources.ShouldHaveSingleItem().Name.ShouldBe("substitute");
        await UntilAsync(async () => await client.GetStringAsync("/ready", Token) == "Healthy");
        factory.Services.GetRequiredService<IMesh>().Explain("orders.sales").ToString().ShouldContain("alpha");
    }

    [Fact]
    public async Task ReplaceMeshCatalog_ChangedWhileTheAppRuns_TheNextRequestGoesByIt()
    {
        await using var first = await StartAsync("orders-1", "alpha");
        await using var second = await StartAsync("orders-2", "beta");
        await using var app = new WebApplicationFactory<ShopEntryPoint>();
        await using var factory = app.WithWebHostBuilder(web => web.ConfigureTestServices(
            services => services.ReplaceMeshCatalog(c => c.Service("orders.sales", first, second))));
        using var client = factory.CreateClient();
        var catalog = factory.Services.GetRequiredService<SubstituteCatalog>();
        (await client.GetStringAsync("/orders/1", Token)).ShouldContain("orders-1", Case.Sensitive, "alpha is the app's own cluster");

        catalog.Remove("orders.sales", cluster: "alpha");
        (await client.GetStringAsync("/orders/2", Token)).ShouldContain("orders-2");

        catalog.Service("orders.sales", first);
        (await client.GetStringAsync("/orders/3", Token)).ShouldContain("orders-1");

        catalog.Remove("orders.sales");
        using var response = await client.GetAsync("/orders/4", Token);
        response.IsSuccessStatusCode.ShouldBeFalse();
        (await response.Content.ReadAsStringAsync(Token)).ShouldContain(nameof(MeshRoutingException), Case.Sensitive, "a host in a declared namespace never goes to the internet");
    }

    [Fact]
    public async Task ReplaceMeshCatalog_OneCatalogForTwoHosts_BothFollowItUntilTheyEnd()
    {
        await using var pod = await StartAsync("orders-1", "alpha");
        var catalog = new SubstituteCatalog();
        await using var app = new WebApplicationFactory<ShopEntryPoint>();
        await using var one = app.WithWebHostBuilder(web => web.ConfigureTestServices(services => services.ReplaceMeshCatalog(catalog)));
        await using var other = app.WithWebHostBuilder(web => web.ConfigureTestServices(services => services.ReplaceMeshCatalog(catalog)));
        using var first = one.CreateClient();
        using var second = other.CreateClient();

        catalog.Service("orders.sales", pod);

        (await first.GetStringAsync("/orders/1", Token)).ShouldContain("orders-1");
        (await second.GetStringAsync("/orders/1", Token)).ShouldContain("orders-1");
        await one.DisposeAsync();
        catalog.Service("carts.sales", pod);
        (await second.GetStringAsync("/orders/2", Token)).ShouldContain("orders-1");
    }

    private static Task<Backend> StartAsync(string pod, string cluster) =>
        Backend.StartAsync(new BackendOptions { Identity = new BackendIdentity(Orders, cluster, pod) }, Token);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Token);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, bound.Token);
        }
    }
}
