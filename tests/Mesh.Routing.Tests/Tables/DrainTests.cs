using Mesh.Doubles;

namespace Mesh.Tables;

/// <summary>A cluster that is drained by some percent sends that part of its share elsewhere: gradually, reversibly, while running.</summary>
public sealed class DrainTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(30, 540, 660)]
    [InlineData(90, 1_740, 1_860)]
    [InlineData(100, 2_000, 2_000)]
    public void Pick_ClusterIsDrained_ThatPartGoesToTheNextTier(int percent, int least, int most)
    {
        using var mesh = World();
        Drain(mesh, "alpha", percent);

        mesh.Count(2_000).GetValueOrDefault("10.0.1.1").ShouldBeInRange(least, most);
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Share).ShouldBe([100 - percent, percent]);
    }

    [Fact]
    public void Pick_DrainedWholeAndNobodyElseIsLeft_ServesAllTheSame()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        Drain(mesh, "alpha", 100);

        mesh.Count(200).Keys.Order().ShouldBe(["10.0.0.1", "10.0.0.2"]);
        mesh.Router.Explain("orders.sales").Tiers.Single().Share.ShouldBe(100);
    }

    [Fact]
    public void Pick_OthersOfTheSameTier_TakeItsShareBeforeFartherOnes()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma").Cluster("delta", region: "us").Service(
            TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("gamma", new Pod("10.0.2.1")), TestMesh.Part("delta", new Pod("10.0.3.1")));
        Drain(mesh, "beta", 100);

        mesh.Count(200).ShouldHaveSingleItem().Key.ShouldBe("10.0.2.1");
    }

    [Fact]
    public void Pick_TwoClustersAreDrained_EachSendsItsPartOn()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma", region: "us").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        Drain(mesh, "alpha", 50);
        Drain(mesh, "beta", 50);

        var counts = mesh.Count(2_000);

        counts["10.0.0.1"].ShouldBeInRange(900, 1_100);
        counts["10.0.1.1"].ShouldBeInRange(400, 600);
        counts["10.0.2.1"].ShouldBeInRange(400, 600);
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Share).ShouldBe([50, 25, 25]);
    }

    [Fact]
    public void Pick_DrainIsRaisedAndTakenBack_TheTableFollowsAndNobodyIsForgotten()
    {
        using var mesh = World();
        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        var before = mesh.At("10.0.0.1");

        Drain(mesh, "alpha", 100);
        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        Drain(mesh, "alpha", 0);

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.At("10.0.0.1").ShouldBeSameAs(before);
        before.IsRetired.ShouldBeFalse();
    }

    [Fact]
    public void Pick_AnotherSourceDrainsTheCluster_TheLargestHoldsAndNothingElseChanges()
    {
        using var mesh = World();
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { Drain = 100, IsDirect = true, Freshness = ClusterFreshness.Live }, source: "a-file");

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        mesh.Router.Explain("orders.sales").CallerNetwork.ShouldBe("vpc");
    }

    [Fact]
    public void Pick_ThatFailed_IsNotMadeAgainInTheDrainedCluster()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1", Node: "n1"), new Pod("10.0.0.2", Node: "n2")), TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")));
        Drain(mesh, "alpha", 100);
        var attempts = default(RequestAttempts);
        for (var i = 0; i < 2; i++)
        {
            var picked = mesh.Route.Pick(ref attempts, default);
            picked.Endpoint!.Cluster.Name.ShouldBe("beta");
            attempts.AddFailedConnect(picked.Endpoint);
        }

        // Now nobody else is left.
        mesh.Route.Pick(ref attempts, default).Endpoint!.Cluster.Name.ShouldBe("alpha");
    }

    [Fact]
    public void Pick_EjectedEndpointOfAClusterThatIsDrainedWhole_IsNotProbed()
    {
        using var mesh = World();
        mesh.Count(20);
        mesh.Eject("10.0.0.1");
        Drain(mesh, "alpha", 100);
        mesh.Time.Advance(TimeSpan.FromSeconds(10));

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
    }

    [Fact]
    public void Explain_DrainedCluster_SaysSo()
    {
        using var mesh = World();
        Drain(mesh, "alpha", 30);

        var explanation = mesh.Router.Explain("orders.sales");

        explanation.Clusters.Single(static c => c.Cluster.Name == "alpha").Drain.ShouldBe(30);
        explanation.ToString().ShouldContain(", drained by 30 %");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void Drain_NoPercentage_IsRefusedWithTheClustersName(int percent) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ClusterSnapshot(new ClusterId("beta")) { Drain = percent }).Message.ShouldContain("The drain of cluster 'beta' is a percentage: use 0 to 100.");

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));

    private static void Drain(TestMesh mesh, string cluster, int percent) =>
        mesh.Catalog.SetCluster(mesh.Catalog.FindCluster(new ClusterId(cluster), "test")! with { Drain = percent });
}
