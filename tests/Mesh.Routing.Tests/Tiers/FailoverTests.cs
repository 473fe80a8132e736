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
        using var mesh = World(Array.Empty<string>());
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
    public void Pick_TargetsOfOnePriority_ShareByWeight()
    {
        using var mesh = World(new RoutingTarget(new ClusterId("beta"), 30, 1), new RoutingTarget(new ClusterId("gamma"), 90, 1), new RoutingTarget(new ClusterId("delta")));
        mesh.Service([.. Clusters[1..].Select(static (c, i) => TestMesh.Part(c, new Pod($"10.0.{i + 1}.1")))]);

        var counts = mesh.Count(4_000);

        counts["10.0.1.1"].ShouldBeInRange(890, 1_110);
        counts["10.0.2.1"].ShouldBeInRange(2_890, 3_110);
        counts.ContainsKey("10.0.3.1").ShouldBeFalse();
    }

    [Fact]
    public void Pick_OwnClusterIsNamedWithAPriority_ComesThen()
    {
        using var mesh = World(new RoutingTarget(new ClusterId("beta"), Priority: 0), new RoutingTarget(new ClusterId("alpha"), Priority: 1));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        mesh.Eject("10.0.1.1");
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Pick_TargetOfPriorityZero_SharesWithTheOwnCluster()
    {
        using var mesh = World(new RoutingTarget(new ClusterId("beta"), 300, Priority: 0));

        mesh.Router.Explain("orders.sales").Tiers.Select(static t => (t.Name, t.Share)).ShouldBe([("same cluster", 25), ("cluster beta", 75)]);
    }

    [Fact]
    public void Pick_TargetOfWeightZero_IsASpareForWhenNobodyElseIsLeft()
    {
        using var mesh = World(new RoutingTarget(new ClusterId("beta"), 0), new RoutingTarget(new ClusterId("gamma")));
        foreach (var (gone, next) in (ReadOnlySpan<(string, string)>)[("10.0.0.1", "10.0.2.1"), ("10.0.2.1", "10.0.1.1")])
        {
            _ = mesh.Route.Table;
            mesh.Eject(gone);
            mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe(next);
        }
    }

    private static TestMesh World(params string[] targets) => World([.. targets.Select(static t => new RoutingTarget(new ClusterId(t)))]);

    private static TestMesh World(params RoutingTarget[] targets)
    {
        var mesh = new TestMesh().Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [.. targets] });
        foreach (var cluster in Clusters)
        {
            mesh.Cluster(cluster);
        }

        return mesh.Service([.. Clusters.Select(static (c, i) => TestMesh.Part(c, new Pod($"10.0.{i}.1")))]);
    }
}
