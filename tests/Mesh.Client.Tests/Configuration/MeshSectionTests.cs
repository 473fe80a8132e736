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
        error.Message.ShouldContain("Mesh:Policy:LoadBalancing is 'cheapest', which is no algorithm here: use least-request, round-robin, random, ring-hash, maglev, weighted-by-utilization, hashing, least-work, or add yours with AddPicker.");
    }

    [Fact]
    public void Bind_ValuesThatDoNotConvert_AreAllRefusedAtOnceBesideOtherErrors()
    {
        var errors = Failures("""
            { "Mesh": { "Seed": "x", "InterestExpiry": "soon", "Locality": { "Cluster": "Alpha!" }, "Policy": { "Mode": "Fallover", "MaxRetries": "two", "RetryBudgetRatio": "half",
              "RetryNonIdempotent": "yes", "ConnectTimeout": "500 ms", "Timeout": "5", "TryTimeout": "1", "EjectionTime": "100000" }, "Services": { "orders.sales": { "Mode": "1" } } } }
            """);

        errors.ShouldBe(
            [
                "Mesh:Seed is 'x': use a whole number.",
                "Mesh:InterestExpiry is 'soon': use a time such as 500ms, 5s, 2m, 1h or 00:00:05.",
                "Mesh:Locality:Cluster is 'Alpha!': use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit.",
                "Mesh:Policy:Mode is 'Fallover': use Locality or Failover or ActiveActive.",
                "Mesh:Policy:MaxRetries is 'two': use a whole number.",
                "Mesh:Policy:RetryBudgetRatio is 'half': use a number.",
                "Mesh:Policy:RetryNonIdempotent is 'yes': use true or false.",
                "Mesh:Policy:ConnectTimeout is '500 ms': use a time such as 500ms, 5s, 2m, 1h or 00:00:05.",
                "Mesh:Policy:Timeout is '5', a number without a unit, which would mean 5 days: write 5s or 00:00:05 if seconds are meant.",
                "Mesh:Policy:TryTimeout is '1', a number without a unit, which would mean 1 day: write 1s or 00:00:01 if seconds are meant.",
                "Mesh:Policy:EjectionTime is '100000', a number without a unit, which would mean 100000 days: use a time such as 500ms, 5s, 2m, 1h or 00:00:05.",
                "Mesh:Services:orders.sales:Mode is '1': use Locality or Failover or ActiveActive.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Bind_OtherShapesThanTheOptions_AreRefusedByName() => Failures("""
        { "Mesh": { "Namespaces": "sales", "Seed": [ 1 ], "StateDirectory": { "Path": "x" }, "Locality": "alpha", "Policy": [ "Failover" ], "Services": "orders.sales", "Clusters": [ "beta" ] } }
        """).ShouldBe(
        [
            "Mesh:Namespaces is text: write a list, [ \"sales\" ].",
            "Mesh:Seed is a list: write a single value.",
            "Mesh:StateDirectory is an object: write a single value.",
            "Mesh:Locality is text: write an object, { … }, of Cluster, Region, Zone, Node, Namespace, Network.",
            "Mesh:Policy is a list: write an object, { … }, of " + string.Join(", ", typeof(ServicePolicyOptions).GetProperties().Select(static p => p.Name)) + ".",
            "Mesh:Services is text: write an object, { \"name\": { … } }.",
            "Mesh:Clusters is a list: write an object, { \"name\": { … } }.",
        ],
        ignoreOrder: true);

    [Theory]
    [InlineData("""{ "Mesh": "sales" }""", "Mesh is text: write an object, { … }, of Locality, Namespaces")]
    [InlineData("""{ "Mesh": { "Namespaces": { "first": "sales" } } }""", "Mesh:Namespaces is an object: write a list, [ … ].")]
    [InlineData("""{ "Mesh": { "Namespaces": [ [ "sales" ] ] } }""", "Mesh:Namespaces:0 is a list: write a single value.")]
    [InlineData("""{ "Mesh": { "Clusters": "beta" } }""", "Mesh:Clusters is text: write an object, { \"name\": { … } }.")]
    [InlineData("""{ "Mesh": { "Services": { "orders.sales": "Failover" } } }""", "Mesh:Services:orders.sales is text: write an object, { … }, of Mode")]
    [InlineData("""{ "Mesh": { "Policy": { "Targets": "beta" } } }""", "Mesh:Policy:Targets is text: write a list, [ \"beta\" ].")]
    [InlineData("""{ "Mesh": { "Policy": { "Targets": [ [ "beta" ] ] } } }""", "Mesh:Policy:Targets:0 is a list: write an object, { … }, of Cluster, Weight, Priority.")]
    public void Bind_AnotherShape_IsTheOnlyError(string json, string error) => Failures(json).ShouldHaveSingleItem().ShouldStartWith(error);

    [Fact]
    public void Bind_TargetsAsText_AreClusters() =>
        Options("""{ "Mesh": { "Policy": { "Targets": [ "beta", { "Cluster": "gamma", "Weight": 7 } ] } } }""").Policy.Targets!
            .Select(static t => (t.Cluster, t.Weight)).ShouldBe([("beta", 100), ("gamma", 7)]);

    [Fact]
    public void Bind_EmptyListAndNulls_MeanWhatTheySay()
    {
        var options = Options("""
            { "Mesh": { "Namespaces": [], "Seed": null, "Locality": null, "Policy": { "Targets": [], "Mode": null }, "Services": { "orders.sales": {}, "stock.depot": { "Targets": null } } } }
            """);

        options.Namespaces.ShouldBeEmpty();
        options.Policy.Targets.ShouldNotBeNull().ShouldBeEmpty();
        options.Services.Keys.ShouldBe(["orders.sales", "stock.depot"]);
        options.Services["stock.depot"].Targets.ShouldBeNull();
    }

    [Fact]
    public void Bind_TimesAsPeopleWriteThem_AreRead()
    {
        var options = Options("""{ "Mesh": { "InitialSyncTimeout": "2m", "InterestExpiry": "1.00:00:00", "Policy": { "ConnectTimeout": "500ms", "Timeout": "5s", "EjectionTime": "00:00:00.5" } } }""");

        options.InitialSyncTimeout.ShouldBe(TimeSpan.FromMinutes(2));
        options.InterestExpiry.ShouldBe(TimeSpan.FromDays(1));
        options.Policy.ConnectTimeout.ShouldBe(TimeSpan.FromMilliseconds(500));
        options.Policy.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        options.Policy.EjectionTime.ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Validate_SectionTransportAndClientsWrong_IsOneExceptionWithEachErrorOnce()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(Section("""{ "Mesh": { "Seed": "x", "Policy": { "MaxRetries": 99 } } }"""));
        services.Configure<MeshTransportOptions>(static t => t.MaxConnectionsPerEndpoint = 0);
        services.AddHttpClient("orders").ConfigureMeshRouting(static p => p.MaxRetries = -1);
        services.AddHttpClient("cart").ConfigureMeshRouting(static p => p.MaxRetries = -2);

        Should.Throw<OptionsValidationException>(() => Read(services)).Failures.ShouldBe(
            [
                "Mesh:Seed is 'x': use a whole number.",
                "Mesh:Policy:MaxRetries is 99: use 0 to 10.",
                "MeshTransportOptions:MaxConnectionsPerEndpoint is 0: use 1 to 2147483647.",
                "Client 'orders', ConfigureMeshRouting:MaxRetries is -1: use 0 to 10.",
                "Client 'cart', ConfigureMeshRouting:MaxRetries is -2: use 0 to 10.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Validate_OptionsOfTheApplicationWrongToo_StayItsOwn()
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(Section("""{ "Mesh": { "Seed": "x" } }"""));
        services.AddOptions<Uri>().ValidateOnStart();
        services.AddSingleton<IOptionsFactory<Uri>, OwnFactory>();

        var error = Should.Throw<AggregateException>(() => Read(services));

        error.InnerExceptions.Cast<OptionsValidationException>().Select(static e => e.Failures.Single()).ShouldBe(["Mesh:Seed is 'x': use a whole number.", "the application's own"]);
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
        error.Message.ShouldContain("Client 'orders', ConfigureTransport:PooledConnectionLifetime is 0s: use a time from 1s to 24h.");
    }

    private sealed class OwnFactory : IOptionsFactory<Uri>
    {
        public Uri Create(string name) => throw new OptionsValidationException(name, typeof(Uri), ["the application's own"]);
    }

    private static IEnumerable<string> Failures(string json) => Should.Throw<OptionsValidationException>(() => Options(json)).Failures;

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
