using CsCheck;
using Mesh.Doubles;

namespace Mesh.Tiers;

public sealed class FailoverTests
{
    private static readonly string[] Clusters = ["alpha", "beta", "gamma", "delta"];

    [Fact]
    public void Pick_TargetsInOrder_EachOnlyWhenThoseBeforeItAreGone()
    {
        using var mesh = World("delta", "beta", "gamma");
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var names = Enumerable.Range(0, 20).Select(_ => mesh.Send().Cluster.Name).Distinct().ToArray();
            seen.Add(names.ShouldHaveSingleItem());
            mesh.Eject($"10.0.{Array.IndexOf(Clusters, names[0])}.1");
        }

        seen.ShouldBe(["alpha", "delta", "beta", "gamma"]);
    }

    [Fact]
    public void Pick_EarlierTargetComesBack_TakesOverAgain()
    {
        using var mesh = World("delta", "beta");
        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");

        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("delta", new Pod("10.0.3.1")));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("delta");
    }

    [Fact]
    public void Pick_ClusterThatIsNoTarget_IsNeverUsed()
    {
        using var mesh = World("beta");
        mesh.Service(TestMesh.Part("gamma", new Pod("10.0.2.1")));

        mesh.PickResult().Status.ShouldBe(PickStatus.NoUsableEndpoint);
        mesh.Route.Describe(mesh.PickResult()).Message.ShouldContain("1 in gamma: its cluster is not among the policy's targets");
    }

    [Fact]
    public void Pick_NoTargets_OtherClustersOfTheRegionFirst()
    {
        using var mesh = World();
        mesh.Cluster("beta", "us").Cluster("delta", "eu").Cluster("gamma", "us");

        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Name).ShouldBe(["same cluster", "cluster delta", "cluster beta", "cluster gamma"]);
    }

    [Fact]
    public void Pick_OwnCluster_NearestFirstInside()
    {
        using var mesh = World("beta");
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", "eu", "eu-2"), new Pod("10.0.0.2", "eu", "eu-1"), new Pod("10.0.0.3", "eu", "eu-1", "n1")), TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Name).ShouldBe(["same node", "same zone", "same cluster", "cluster beta"]);
        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.3");
    }

    [Fact]
    public void Pick_OwnClusterAmongTheTargets_StillComesFirst()
    {
        using var mesh = World("beta", "alpha");

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
    }

    [Fact]
    public void Pick_AnyTargetsAndAnyOfThemAlive_IsTheFirstThatIs()
    {
        Gen.Select(Gen.Shuffle(new[] { "beta", "gamma", "delta" }), Gen.Int[0, 3], Gen.Bool.Array[4]).Sample((order, count, alive) =>
        {
            string[] targets = [.. order.Take(count)];
            using var mesh = World(targets);
            mesh.Service([.. Clusters.Where((_, i) => alive[i]).Select(static c => TestMesh.Part(c, new Pod($"10.0.{Array.IndexOf(Clusters, c)}.1")))]);

            // Without targets: all in one region, so by name.
            var expected = new[] { "alpha" }.Concat(count == 0 ? Clusters[1..].Order() : targets).FirstOrDefault(c => alive[Array.IndexOf(Clusters, c)]);

            mesh.PickResult().Endpoint?.Cluster.Name.ShouldBe(expected);
            mesh.PickResult().HasEndpoint.ShouldBe(expected is not null);
        }, iter: 200, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    [Fact]
    public void ActiveActive_Configured_IsRefusedByName()
    {
        using var mesh = World();
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.ActiveActive });
        mesh.Options = mesh.Options with { DefaultPolicy = new ServicePolicy { Mode = RoutingMode.ActiveActive } };

        var message = Should.Throw<ArgumentException>(() => mesh.Router).Message;

        message.ShouldContain("The policy of orders.sales: Mode ActiveActive is not available in this version; use Locality or Failover.");
        message.ShouldContain("The policy of all services: Mode ActiveActive");
    }

    [Fact]
    public void ActiveActive_OfAClient_IsRefusedByName()
    {
        using var mesh = World();
        var policy = new ServicePolicy { Mode = RoutingMode.ActiveActive };

        Should.Throw<ArgumentException>(() => mesh.RouteOf("http://orders.sales", policy)).Message.ShouldContain("The client's policy for orders.sales cannot be followed: Mode ActiveActive");
        mesh.Router.Check(policy).ShouldHaveSingleItem().ShouldContain("ActiveActive");
    }

    [Fact]
    public void ActiveActive_OfASource_IsToldOnceAndNearestFirstHolds()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");
        mesh.Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = new ServicePolicy { Mode = RoutingMode.ActiveActive } }, TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.Router.Explain("orders.sales").PolicyProblems.ShouldHaveSingleItem().ShouldContain("ActiveActive");
        mesh.Logger.Lines.Count(static l => l.Id == 1220).ShouldBe(1);
    }

    private static TestMesh World(params string[] targets)
    {
        var mesh = new TestMesh().Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [.. targets.Select(static t => new RoutingTarget(new ClusterId(t)))] });
        foreach (var cluster in Clusters)
        {
            mesh.Cluster(cluster);
        }

        return mesh.Service([.. Clusters.Select(static (c, i) => TestMesh.Part(c, new Pod($"10.0.{i}.1")))]);
    }
}
