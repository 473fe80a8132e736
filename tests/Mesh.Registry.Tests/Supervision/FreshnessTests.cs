using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Supervision;

public class FreshnessTests
{
    [Fact]
    public async Task SetCluster_Stale_SaidWithSinceAndReasonAndTheServicesStay()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        var snapshot = test.Cell(Orders).Current;
        var topology = test.Catalog.TopologyRevision;
        var since = test.Clock.GetUtcNow();

        source.Sink.SetCluster(new ClusterSnapshot(Alpha) { Freshness = ClusterFreshness.Stale, Since = since, Detail = "the watch ended" });
        test.Clock.Advance(TimeSpan.FromDays(30));

        var cluster = test.Catalog.FindCluster(Alpha).ShouldNotBeNull();
        (cluster.Freshness, cluster.Since, cluster.Detail).ShouldBe((ClusterFreshness.Stale, since, "the watch ended"));
        test.Cell(Orders).Current.ShouldBeSameAs(snapshot, "an unreachable API server says nothing about the pods");
        test.Catalog.TopologyRevision.ShouldBe(topology, "no routing table need be built again");
        test.Logged(1007).ShouldBe(1);
    }

    [Fact]
    public async Task FindCluster_TwoSourcesKnowIt_TheLiveOneWinsAndEachKeepsItsOwnWord()
    {
        var first = new HandSource("first");
        var second = new HandSource("second");
        await using var test = await StartAsync(first, second);
        first.Sink.SetCluster(Live(Alpha) with { Region = "eu" });
        second.Sink.SetCluster(Live(Alpha) with { Region = "us" });
        test.Catalog.FindCluster(Alpha)!.Region.ShouldBe("eu");
        var topology = test.Catalog.TopologyRevision;

        first.Sink.SetCluster(new ClusterSnapshot(Alpha) { Region = "eu", Freshness = ClusterFreshness.Stale });

        test.Catalog.FindCluster(Alpha)!.Region.ShouldBe("us");
        test.Catalog.FindCluster(Alpha, "first")!.Region.ShouldBe("eu");
        test.Catalog.FindCluster(Alpha, "nobody").ShouldBeNull();
        test.Catalog.Clusters.Count.ShouldBe(2);
        test.Catalog.TopologyRevision.ShouldBeGreaterThan(topology, "another source's description holds now");
    }

    [Fact]
    public async Task RemoveCluster_ItsServicesGoAndAreLogged()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.SetCluster(Live(Beta));
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        source.Sink.Upsert(Beta, Service(Orders, Beta, "10.1.0.1"));

        source.Sink.RemoveCluster(Alpha);

        test.Endpoints(Orders).ShouldBe(["beta 10.1.0.1"]);
        test.Catalog.FindCluster(Alpha).ShouldBeNull();
        test.Logged(1008).ShouldBe(1);
    }
}
