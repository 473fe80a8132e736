using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mesh.Substitution;

public class SubstituteCatalogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReplaceMeshCatalog_BeforeOrAfterAddMeshRouting_HoldsAndAContainerThatIsNotAwaitedCanBeDisposed(bool before)
    {
        await using var pod = await StartAsync("orders-1", "beta");
        var services = new ServiceCollection();
        if (before)
        {
            services.ReplaceMeshCatalog(c => c.Service("orders.sales", pod));
        }

        AddApplication(services);
        if (!before)
        {
            services.ReplaceMeshCatalog(c => c.Service("orders.sales", pod));
        }

        using (var provider = services.BuildServiceProvider())
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            foreach (var hosted in provider.GetServices<IHostedService>())
            {
                await hosted.StartAsync(Token);
            }

            using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient();
            using var response = await client.GetAsync("http://orders.sales/", Token);
            BackendIdentity.Read(response).ShouldNotBeNull().Pod.ShouldBe("orders-1");
            provider.GetRequiredService<IMeshCatalog>().Sources.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public void AddMeshRouting_UsedAndDisposedWithoutAwaiting_NothingIsThrown()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(mesh => mesh.AddMemory(m => m.Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", 1))));
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IMesh>().Explain("orders.sales");
        provider.GetRequiredService<IHttpClientFactory>().CreateClient().Dispose();
        provider.GetServices<IHostedService>().ShouldNotBeEmpty();

        Should.NotThrow(provider.Dispose);
    }

    [Fact]
    public async Task StopAsync_AfterTheContainerWasDisposed_DoesNothing()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(_ => { });
        services.ReplaceMeshCatalog(c => c.Service("orders.sales", "http://127.0.0.1:1"));
        var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(Token);
        }

        await provider.DisposeAsync();

        // The order in which WebApplicationFactory and an application's own entry point may end one host.
        foreach (var service in hosted)
        {
            await service.StopAsync(Token);
        }
    }

    [Fact]
    public void ReplaceMeshCatalog_Namespaces_ThoseOfDeclaredServicesAndOfTheReplacedClustersAreKnown()
    {
        var services = new ServiceCollection();
        AddApplication(services);
        services.ReplaceMeshCatalog(c => c.Service("carts.shipping", "http://127.0.0.1:1"));
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<MeshOptions>>().Value.Namespaces.ShouldBe(["payments", "shipping"], ignoreOrder: true);
        provider.GetRequiredService<MeshRouter>().Match(new Uri("http://unheard-of.shipping")).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public async Task ReplaceMeshCatalog_Twice_TheLastHolds()
    {
        var services = new ServiceCollection();
        AddApplication(services);
        services.ReplaceMeshCatalog(c => c.Service("orders.sales", "http://127.0.0.1:1"));
        services.ReplaceMeshCatalog(c => c.Service("carts.shipping", "http://[::1]:2", "http://localhost:3"));
        using var provider = services.BuildServiceProvider();

        var catalog = provider.GetRequiredService<IMeshCatalog>();
        await catalog.WaitForSyncAsync(Token);

        var service = catalog.Services.ShouldHaveSingleItem();
        service.Name.ToString().ShouldBe("carts.shipping");
        service.Endpoints.ToArray().Select(static e => $"{e.Cluster} {e.Address} {e.Ports[0].Port}").ShouldBe(["own ::1 2", "own localhost 3"]);
        service.Ports.ShouldHaveSingleItem().Port.ShouldBe(80);
    }

    [Fact]
    public async Task Service_DescribedPerCluster_EachIsReplacedByItself()
    {
        var catalog = new SubstituteCatalog()
            .Cluster("beta", region: "us", freshness: ClusterFreshness.Stale)
            .Service("orders.sales", s => s.Port(8080, "http").Endpoint("127.0.0.1", 1))
            .Service("orders.sales", s => s.Port(8080, "http").Endpoint("127.0.0.1", 2), cluster: "beta")
            .Service("orders.sales", s => s.Port(8080, "http").Endpoint("127.0.0.1", 3));
        var services = new ServiceCollection();
        services.AddMeshRouting(_ => { });
        services.ReplaceMeshCatalog(catalog);
        using var provider = services.BuildServiceProvider();
        var known = provider.GetRequiredService<IMeshCatalog>();
        await known.WaitForSyncAsync(Token);

        known.Services.Single().Endpoints.ToArray().Select(static e => $"{e.Cluster} {e.Ports[0].Port}").ShouldBe(["beta 2", "test 3"]);
        known.FindCluster(new ClusterId("beta")).ShouldNotBeNull().Freshness.ShouldBe(ClusterFreshness.Stale);
        catalog.ToString().ShouldBe("orders.sales in beta, orders.sales in the own cluster");
        catalog.Cluster("beta", region: "eu");
        known.FindCluster(new ClusterId("beta")).ShouldNotBeNull().Region.ShouldBe("eu");
    }

    [Theory]
    [InlineData("orders", "http://127.0.0.1:1", "write name.namespace")]
    [InlineData("orders.sales", "127.0.0.1:1", "write scheme, host and port alone")]
    [InlineData("orders.sales", "ftp://127.0.0.1:1", "write scheme, host and port alone")]
    [InlineData("orders.sales", "http://127.0.0.1:1/items", "write scheme, host and port alone")]
    [InlineData("orders.sales", "https://127.0.0.1:1", "different schemes")]
    public void Service_WrongNameOrUrl_RefusedAtOnceAndNothingIsDeclared(string service, string url, string message)
    {
        var catalog = new SubstituteCatalog();

        Should.Throw<FormatException>(() => catalog.Service(service, "http://127.0.0.1:2", url)).Message.ShouldContain(message);

        catalog.ToString().ShouldBe("no services");
    }

    [Fact]
    public async Task Service_BackendsThatSpeakDifferently_RefusedByName()
    {
        await using var plain = await StartAsync("orders-1", "beta");
        await using var h2c = await Backend.StartAsync(
            new BackendOptions { Identity = new BackendIdentity(new ServiceName("sales", "orders"), "beta", "orders-2"), Protocols = BackendProtocols.Http2 }, Token);

        Should.Throw<ArgumentException>(() => new SubstituteCatalog().Service("orders.sales", plain, h2c)).Message.ShouldContain("orders-2 speaks Http2");
    }

    private static void AddApplication(IServiceCollection services)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mesh:Locality:Cluster"] = "own",
            ["Mesh:Clusters:beta:KubeconfigPath"] = "/nowhere/beta.kubeconfig",
            ["Mesh:Clusters:beta:Namespaces:0"] = "payments",
        }).Build();
        services.AddMeshRouting(configuration.GetSection("Mesh")).AddFile("/nowhere/legacy.json");
    }

    private static Task<Backend> StartAsync(string pod, string cluster) =>
        Backend.StartAsync(new BackendOptions { Identity = new BackendIdentity(new ServiceName("sales", "orders"), cluster, pod) }, Token);

    [Fact]
    public void ReplaceMeshCatalog_WithoutAMesh_IsSaidAtStart()
    {
        var services = new ServiceCollection();
        services.ReplaceMeshCatalog(static _ => { });
        using var provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate).Message.ShouldBe(
            "ReplaceMeshCatalog: there is no mesh in these services; call services.AddMeshRouting(…) too, as the application does.");
    }
}
