using System.Collections.Immutable;
using Mesh.Doubles;

namespace Mesh.Tables;

/// <summary>Several sources may bring endpoints of one cluster: each one's addresses are good for what it says itself.</summary>
public sealed class SourceTests
{
    private static readonly ClusterId Beta = new("beta");

    [Fact]
    public void Pick_FileIsDirectAndTheClusterHasNoNetwork_TheFilesEndpointsAlone()
    {
        using var mesh = World(new ClusterSnapshot(Beta) { IsDirect = true, Freshness = ClusterFreshness.Live }, new ClusterSnapshot(Beta) { Freshness = ClusterFreshness.Live });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.9.0.1");
        var explained = mesh.Router.Explain("orders.sales");
        explained.LeftOut.ShouldHaveSingleItem().Subject.ShouldBe("10.0.1.1:8080");
        explained.LeftOut[0].Reason.ShouldContain("cluster beta names none");
        explained.Clusters.Single(static c => c.Cluster == Beta).Reach.ShouldBe(Reach.Direct);
    }

    [Fact]
    public void Pick_TheClusterIsInTheCallersNetworkAndTheFileIsNot_TheClustersEndpointsAlone()
    {
        using var mesh = World(new ClusterSnapshot(Beta) { Network = "elsewhere", Freshness = ClusterFreshness.Live }, new ClusterSnapshot(Beta) { Network = "vpc", Freshness = ClusterFreshness.Live });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
    }

    [Fact]
    public void Pick_TheOtherSourceBecomesLive_NothingMoves()
    {
        using var mesh = World(new ClusterSnapshot(Beta) { IsDirect = true, Freshness = ClusterFreshness.Stale }, new ClusterSnapshot(Beta) { Freshness = ClusterFreshness.Connecting });
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.9.0.1");

        mesh.Catalog.SetCluster(new ClusterSnapshot(Beta) { Freshness = ClusterFreshness.Live }, "kubernetes");
        mesh.Contributions(OfBoth);

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.9.0.1");
    }

    [Fact]
    public void Pick_NeitherCanBeDialled_EachSaysItsOwnReason()
    {
        using var mesh = World(new ClusterSnapshot(Beta) { Network = "elsewhere" }, new ClusterSnapshot(Beta));

        var failed = mesh.PickResult();

        failed.Status.ShouldBe(PickStatus.Unreachable);
        var message = mesh.Route.Describe(failed).Message;
        message.ShouldContain("cluster beta is in network 'elsewhere'");
        message.ShouldContain("cluster beta names none");
    }

    [Fact]
    public void Pick_SourceSaysTheRegion_ItsOwnWordComesFirst()
    {
        using var mesh = World(
            new ClusterSnapshot(Beta) { IsDirect = true, Region = "us", Freshness = ClusterFreshness.Live },
            new ClusterSnapshot(Beta) { Network = "vpc", Region = "eu", Freshness = ClusterFreshness.Live });

        mesh.Pick().Endpoint.Locality.Region.ShouldBe("eu");
        mesh.At("10.9.0.1").Locality.Region.ShouldBe("us");
    }

    [Fact]
    public void Pick_OneSourceOfTheClusterIsStale_OnlyItsClaimsYield()
    {
        using var mesh = World(
            new ClusterSnapshot(Beta) { Network = "vpc", Freshness = ClusterFreshness.Live },
            new ClusterSnapshot(Beta) { Network = "vpc", Freshness = ClusterFreshness.Stale });
        mesh.Cluster("gamma");
        mesh.Contributions([.. OfBoth, new("test", new ClusterId("gamma"), TestMesh.Part("gamma", new Pod("10.0.1.1"), new Pod("10.9.0.1")))]);

        _ = mesh.Route.Table;

        mesh.Router.Endpoints.Where(static e => e.Cluster == Beta).ShouldHaveSingleItem().Address.ToString().ShouldBe("10.9.0.1");
        mesh.Router.Endpoints.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(ClusterFreshness.Live, ClusterFreshness.Stale, true)]
    [InlineData(ClusterFreshness.Stale, ClusterFreshness.Live, false)]
    public void Breaker_HalfTheEvidenceSuffices_WhereTheFailingEndpointsOwnSourceIsStale(ClusterFreshness file, ClusterFreshness kubernetes, bool isDown)
    {
        using var mesh = World(
            new ClusterSnapshot(Beta) { Network = "vpc", Region = "us", Freshness = file },
            new ClusterSnapshot(Beta) { Network = "vpc", Region = "us", Freshness = kubernetes });
        mesh.Contributions([new("kubernetes", Beta, TestMesh.Part("beta", [.. Enumerable.Range(1, 6).Select(static i => new Pod($"10.0.1.{i}"))])), OfBoth[0]]);
        _ = mesh.Route.Table;

        mesh.At("10.0.1.1").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        mesh.At("10.0.1.2").Report(new AttemptOutcome(AttemptResult.ConnectFailed));

        mesh.Router.Explain("orders.sales").Clusters.Single(static c => c.Cluster == Beta).IsDown.ShouldBe(isDown);
    }

    private static ImmutableArray<ClusterContribution> OfBoth =>
    [
        new("file", Beta, TestMesh.Part("beta", new Pod("10.9.0.1"))),
        new("kubernetes", Beta, TestMesh.Part("beta", new Pod("10.0.1.1"))),
    ];

    private static TestMesh World(ClusterSnapshot file, ClusterSnapshot kubernetes)
    {
        var mesh = new TestMesh().Cluster("alpha");
        mesh.Catalog.SetCluster(file, "file");
        mesh.Catalog.SetCluster(kubernetes, "kubernetes");
        return mesh.Contributions(OfBoth);
    }
}
