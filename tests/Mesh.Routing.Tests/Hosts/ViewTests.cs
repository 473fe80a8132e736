using System.Collections.Immutable;
using Mesh.Doubles;

namespace Mesh.Hosts;

/// <summary>What the names of a service take in (KEP-1645): the caller is in cluster alpha, which keeps its own service to itself unless said otherwise.</summary>
public sealed class ViewTests
{
    private const string ClusterSet = "http://orders.sales.svc.clusterset.local";
    private const string ClusterLocal = "http://orders.sales.svc.cluster.local";

    private static readonly Pod Own = new("10.0.0.1");
    private static readonly Pod Remote = new("10.0.9.1");

    [Fact]
    public void Names_OwnServiceNotExported_IsTheMeshsAndTheClustersOwnButNoPartOfTheClusterSet()
    {
        using var mesh = World(Kept("alpha", Own), TestMesh.Part("beta", Remote));

        Served(mesh, "http://orders.sales").ShouldBe("10.0.0.1 10.0.9.1");
        Served(mesh, ClusterLocal).ShouldBe("10.0.0.1");
        Served(mesh, ClusterSet).ShouldBe("10.0.9.1");
        mesh.Router.Explain(ClusterSet).LeftOut.ShouldHaveSingleItem().ShouldBe(new LeftOutExplanation(new ClusterId("alpha"), "all of it", "the cluster does not export the service"));
    }

    [Fact]
    public void Names_OwnServiceExported_IsPartOfTheClusterSetToo()
    {
        using var mesh = World(TestMesh.Part("alpha", Own), TestMesh.Part("beta", Remote));

        Served(mesh, ClusterSet).ShouldBe("10.0.0.1 10.0.9.1");
        Served(mesh, ClusterLocal).ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Names_OtherClusterDoesNotExport_NobodyHereUsesIt()
    {
        using var mesh = World(Kept("alpha", Own), Kept("beta", Remote) with { ExportObstacle = "its ServiceExport is marked Valid=False: NoService" });

        Served(mesh, "http://orders.sales").ShouldBe("10.0.0.1");
        var explained = mesh.Router.Explain(ClusterSet);
        explained.Status.ShouldBe(PickStatus.UnknownService);
        explained.Failure!.ShouldContain("export it (ServiceExport) in alpha, beta (its ServiceExport is marked Valid=False: NoService)");
        mesh.Router.Explain("orders.sales").LeftOut.ShouldHaveSingleItem().Reason.ShouldBe("the cluster does not export the service: its ServiceExport is marked Valid=False: NoService");
    }

    [Fact]
    public void Names_OwnClusterWidened_IsTheMeshsService()
    {
        using var mesh = World(Kept("alpha", Own), TestMesh.Part("beta", Remote));
        mesh.Policy(new ServicePolicy { WidenClusterLocal = true });

        Served(mesh, ClusterLocal).ShouldBe("10.0.0.1 10.0.9.1");
    }

    [Fact]
    public void Ports_OwnPortThatExportsCallOtherwise_StaysUsableByItsOwnCallersAlone()
    {
        using var mesh = World(Kept("alpha", [new ServicePort("http", 8080)], Own), TestMesh.Part("beta", [new ServicePort("http", 80)], Remote));
        var (own, remote) = (mesh.Catalog.Services.Single().Contributions[0], mesh.Catalog.Services.Single().Contributions[1]);

        // As the catalog merges them: what is exported decides what the name means.
        mesh.Catalog.Set(TestMesh.Orders, [remote, own]);

        mesh.Catalog.Services.Single().Ports.ShouldBe([new ServicePort("http", 80)]);
        Served(mesh, "http://orders.sales:8080").ShouldBe("10.0.0.1");
        Served(mesh, "http://orders.sales").ShouldBe("10.0.9.1");
        Served(mesh, ClusterLocal).ShouldBe("10.0.0.1", "it is the only port there");
        mesh.PickResult(mesh.RouteOf(ClusterSet + ":8080")).Status.ShouldBe(PickStatus.NoSuchPort);
    }

    [Fact]
    public void Ports_OfOneNotExported_AreNoPartOfTheClusterSet()
    {
        using var mesh = World(Kept("alpha", [new ServicePort("http", 80), new ServicePort("debug", 6060)], Own), TestMesh.Part("beta", Remote));

        Served(mesh, "http://orders.sales:6060").ShouldBe("10.0.0.1");
        mesh.PickResult(mesh.RouteOf(ClusterSet + ":6060")).Status.ShouldBe(PickStatus.NoSuchPort);
    }

    [Fact]
    public void Ports_InConflict_AreSentOnlyToClustersThatExposeThem()
    {
        using var mesh = World(
            TestMesh.Part("alpha", [new ServicePort("http", 80)], Own),
            TestMesh.Part("beta", [new ServicePort("http", 8080)], Remote),
            TestMesh.Part("gamma", [new ServicePort("web", 80)], new Pod("10.0.8.1")));

        Served(mesh, ClusterSet).ShouldBe("10.0.0.1 10.0.8.1", "a port is the same by its number, whatever it is called");
        mesh.Router.Explain(ClusterSet).LeftOut.ShouldHaveSingleItem().ShouldBe(new LeftOutExplanation(new ClusterId("beta"), "all of it", "the cluster does not expose port 80"));
    }

    [Fact]
    public void Explain_ExportsThatDisagree_SaysWhoAndSinceWhenAndThatAClockIsWrong()
    {
        using var mesh = World();
        var (alpha, beta) = (mesh.Time.GetUtcNow().AddDays(-1), mesh.Time.GetUtcNow().AddHours(3));
        mesh.Catalog.Set(
            TestMesh.Orders,
            [Of("alpha", alpha), Of("beta", beta), new ClusterContribution("test", new ClusterId("gamma"), Kept("gamma", new Pod("10.0.8.1")))],
            new ServiceConflict("test", new ClusterId("beta"), "Its port is another one."));
        mesh.Catalog.Problems = [new CatalogProblem("test", new ClusterId("beta"), "service orders.sales", "Its port is another one.") { Service = TestMesh.Orders }];

        var explained = mesh.Router.Explain("orders.sales");

        explained.Conflicts.ShouldHaveSingleItem().Cluster.Name.ShouldBe("beta");
        explained.LeftOut.ShouldAllBe(static l => l.Cluster.Name == "gamma", "nothing is left out for a conflict");
        explained.Clusters.Select(static c => (c.IsExported, c.ExportedAt, c.ExportedIn)).ShouldBe([(true, alpha, null), (true, beta, TimeSpan.FromHours(3)), (false, null, null)]);
        explained.ToString().ShouldContain("CONFLICTS between exports\n  beta: Its port is another one.\n");
        explained.ToString().ShouldContain($"{beta.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z (3 h ahead: a clock is wrong)");
        mesh.Router.Explain(ClusterLocal).Conflicts.ShouldBeEmpty("the own cluster's service alone is in no conflict");

        static ClusterContribution Of(string cluster, DateTimeOffset at) =>
            new("test", new ClusterId(cluster), TestMesh.Part(cluster, new Pod($"10.0.{cluster.Length}.1")) with { ExportedAt = at });
    }

    private static ServiceContribution Kept(string cluster, params Pod[] pods) => Kept(cluster, TestMesh.Http, pods);

    private static ServiceContribution Kept(string cluster, ImmutableArray<ServicePort> ports, params Pod[] pods) => TestMesh.Part(cluster, ports, pods) with { IsExported = false };

    private static TestMesh World(params ServiceContribution[] parts) => new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma").Service(parts);

    private static string Served(TestMesh mesh, string url) =>
        string.Join(' ', mesh.Router.Explain(url).Tiers.SelectMany(static t => t.Endpoints).Select(static e => e.Address.Split(':')[0]).Order(StringComparer.Ordinal));
}
