using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

public class MeshSectionTests
{
    [Fact]
    public void Bind_EverySetting_Arrives()
    {
        var options = Options("""
            { "Mesh": { "Locality": { "Cluster": "alpha", "Region": "eu", "Zone": "eu-1", "Node": "n1", "Namespace": "web", "Network": "vpc" }, "Namespaces": [ "sales" ],
              "StateDirectory": "/tmp/state", "InitialSyncTimeout": "00:00:05", "InterestExpiry": "00:01:00", "Seed": 3, "Policy": { "MaxRetries": 2 },
              "Services": { "orders.sales": { "Mode": "FailOver", "ConnectTimeout": "00:00:00.5", "Targets": [ { "Cluster": "beta", "Weight": 7 } ] } } } }
            """);

        options.Locality.Cluster.ShouldBe("alpha");
        options.Locality.Network.ShouldBe("vpc");
        options.Namespaces.ShouldBe(["sales"]);
        options.StateDirectory.ShouldBe("/tmp/state");
        options.InitialSyncTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        options.Seed.ShouldBe(3);
        options.Policy.MaxRetries.ShouldBe(2);
        var orders = options.Services["orders.sales"];
        orders.Mode.ShouldBe(RoutingMode.Failover);
        orders.ConnectTimeout.ShouldBe(TimeSpan.FromMilliseconds(500));
        orders.Targets.ShouldHaveSingleItem().Weight.ShouldBe(7);
    }

    [Fact]
    public void Bind_MistypedKeysAndWrongValues_AreAllRefusedAtOnceByName()
    {
        var error = Should.Throw<OptionsValidationException>(() => Options("""
            { "Mesh": { "Namespace": "sales", "Locality": { "Cluster": "NOT A LABEL", "Zon": "eu-1" }, "Services": { "orders.sales": { "MaxRetry": 1, "MaxRetries": 99 } },
              "Policy": { "LoadBalancing": "cheapest" } } }
            """));

        error.Message.ShouldContain("Mesh:Namespace is not a setting: Mesh has Locality, Namespaces,");
        error.Message.ShouldContain("Mesh:Locality:Zon is not a setting");
        error.Message.ShouldContain("Mesh:Services:orders.sales:MaxRetry is not a setting");
        error.Message.ShouldContain("Mesh:Services:orders.sales:MaxRetries is 99: use 0 to 10.");
        error.Message.ShouldContain("Mesh:Locality:Cluster is 'NOT A LABEL'");
        error.Message.ShouldContain("Mesh:Policy:LoadBalancing is 'cheapest', which is no algorithm here: use least-request, round-robin, random, or add yours with AddPicker.");
    }

    [Fact]
    public void Bind_ClustersWithoutThePackage_NamesThePackageToAdd() =>
        Should.Throw<OptionsValidationException>(() => Options("""{ "Mesh": { "Clusters": { "alpha": { "Network": "vpc" } } } }"""))
            .Message.ShouldContain("Mesh:Clusters names clusters (alpha), but nothing here can watch them: add the package Mesh.Registry.Kubernetes");

    [Fact]
    public void Bind_TheSameSectionTwice_DoesNoHarm()
    {
        var section = Section("""{ "Mesh": { "Namespaces": [ "sales" ] } }""");
        var services = new ServiceCollection();
        services.AddMeshRouting(section);
        services.AddMeshRouting(section);

        Read(services).Namespaces.ShouldBe(["sales"]);
    }

    [Fact]
    public void Configure_InCode_ComesAfterTheSection()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(Section("""{ "Mesh": { "Locality": { "Cluster": "alpha", "Zone": "eu-1" } } }""")).RunsIn(cluster: "beta");

        var options = Read(services);
        options.Locality.Cluster.ShouldBe("beta");
        options.Locality.Zone.ShouldBe("eu-1");
    }

    [Fact]
    public void ConfigureMeshRouting_WrongValues_AreRefusedAtStartWithTheClientsName()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(static _ => { });
        services.AddHttpClient("orders").ConfigureMeshRouting(p => p.MaxRetries = -1).ConfigureTransport(t => t.PooledConnectionLifetime = TimeSpan.Zero);

        var error = Should.Throw<OptionsValidationException>(() =>
        {
            using var provider = services.BuildServiceProvider();
            provider.GetRequiredService<IStartupValidator>().Validate();
        });

        error.Message.ShouldContain("Client 'orders', ConfigureMeshRouting:MaxRetries is -1");
        error.Message.ShouldContain("Client 'orders', ConfigureTransport:PooledConnectionLifetime is 00:00:00");
    }

    private static MeshOptions Options(string json)
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(Section(json));
        return Read(services);
    }

    private static MeshOptions Read(ServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return provider.GetRequiredService<IOptions<MeshOptions>>().Value;
    }

    private static IConfigurationSection Section(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build().GetSection("Mesh");
}
