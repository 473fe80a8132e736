using Mesh.Doubles;

namespace Mesh.Tiers;

public sealed class LocalityTierTests
{
    private static readonly Pod OnNode = new("10.0.0.1", "eu", "eu-1", "n1");
    private static readonly Pod InZone = new("10.0.0.2", "eu", "eu-1", "n2");
    private static readonly Pod InCluster = new("10.0.0.3", "eu", "eu-2", "n3");
    private static readonly Pod InRegion = new("10.0.1.1", "eu", "eu-1", "n1");
    private static readonly Pod Far = new("10.0.2.1", "us", "us-1", "n1");

    [Theory]
    [InlineData(0, "10.0.0.1")]
    [InlineData(1, "10.0.0.2")]
    [InlineData(2, "10.0.0.3")]
    [InlineData(3, "10.0.1.1")]
    [InlineData(4, "10.0.2.1")]
    public void Pick_NearerTiersEmpty_SpillsToTheNext(int empty, string expected)
    {
        using var mesh = World([.. new[] { OnNode, InZone, InCluster }.Skip(empty)], empty > 3 ? [] : [InRegion]);

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe(expected);
        mesh.PickResult().Tier.ShouldBe(0);
    }

    [Fact]
    public void Pick_NearestTierEjected_SpillsToNextZone()
    {
        using var mesh = World([OnNode, InZone, InCluster], [InRegion]).Policy(new ServicePolicy { SpillOver = SpillOver.None });
        mesh.Pick();

        mesh.Eject("10.0.0.1");
        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.2");
        mesh.Eject("10.0.0.2");
        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.3");
        mesh.PickResult().Tier.ShouldBe(2);
    }

    [Fact]
    public void Pick_SameNodeNameInAnotherCluster_IsNotTheSameNode()
    {
        using var mesh = World([InCluster], [InRegion]);

        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.3");
    }

    [Fact]
    public void Pick_ZoneBeforeCluster_PrefersTheZoneOfAnotherCluster()
    {
        using var mesh = World([InCluster], [InRegion]);
        mesh.Policy(new ServicePolicy { ZoneBeforeCluster = true });

        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.1.1");
    }

    [Fact]
    public void Pick_SameZoneNameInAnotherRegion_IsNotTheSameZone()
    {
        using var mesh = World([InCluster, InZone with { Region = "us" }], []);

        mesh.Count(200).Count.ShouldBe(2);
    }

    [Fact]
    public void Pick_CallerWithoutLocality_StartsAtAny()
    {
        using var mesh = World([OnNode, InCluster], [InRegion]);
        mesh.Options = mesh.Options with { Caller = null, CallerNetwork = "vpc" };

        mesh.Count(400).Count.ShouldBe(4);
        mesh.Router.Explain("orders.sales").Tiers.Single().Name.ShouldBe("any");
    }

    [Fact]
    public void Pick_CallerWithRegionButNoCluster_StartsAtItsRegion()
    {
        using var mesh = World([OnNode], [InRegion]);
        mesh.Options = mesh.Options with { Caller = new Locality(default, "us"), CallerNetwork = "vpc" };

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.2.1");
    }

    [Fact]
    public void Pick_NoCallerButInClusterCredentials_ThatClusterIsTheOwnOne()
    {
        using var mesh = World([InCluster], [InRegion]);
        mesh.Options = mesh.Options with { Caller = null };
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsOwn = true, Network = "vpc" });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.3");
    }

    [Fact]
    public void Pick_OtherClustersOutsideTheRegion_ByName()
    {
        using var mesh = World([], []);
        mesh.Cluster("delta", "asia").Service(TestMesh.Part("gamma", Far), TestMesh.Part("delta", new Pod("10.0.3.1")));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("delta");
        mesh.Eject("10.0.3.1");
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("gamma");
    }

    [Fact]
    public void Pick_EndpointsWithoutRegion_TakeTheirClusters()
    {
        using var mesh = World([], []);
        mesh.Cluster("delta", "asia").Service(TestMesh.Part("delta", new Pod("10.0.3.1")), TestMesh.Part("beta", new Pod("10.0.1.9")));

        mesh.Pick().Endpoint.Locality.Region.ShouldBe("eu");
    }

    private static TestMesh World(Pod[] alpha, Pod[] beta)
    {
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma", "us");
        return mesh.Service([.. new[] { TestMesh.Part("alpha", alpha), TestMesh.Part("beta", beta), TestMesh.Part("gamma", Far) }]);
    }
}
