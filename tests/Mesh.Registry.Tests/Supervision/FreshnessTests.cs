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
    public async Task SetCluster_LostAndItsSourceSaysTheSame_OneLineForEachCauseAndOneForTheReturn()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var stale = new ClusterSnapshot(Alpha) { Freshness = ClusterFreshness.Stale };
        foreach (var cause in (string[])["No answer.", "No permission.", "No answer.", "No permission."])
        {
            source.Sink.SetCluster(stale with { Detail = cause });
            source.Sink.ReportFailure(cause);
        }

        source.Sink.SetCluster(Live(Alpha));
        source.Sink.ReportFailure(null);

        test.Logged(1007).ShouldBe(2);
        test.Logged(1006).ShouldBe(2, "at the start and at the return");
        (test.Logged(1001) + test.Logged(1002)).ShouldBe(0);
        test.Catalog.Sources.Single().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task SetCluster_NotConnectedYet_SaysWhyOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var connecting = new ClusterSnapshot(Beta) { Freshness = ClusterFreshness.Connecting };

        source.Sink.SetCluster(connecting);
        source.Sink.SetCluster(connecting with { Detail = "No answer." });
        source.Sink.SetCluster(connecting with { Detail = "No answer.", Region = "eu" });

        (test.Logged(1005), test.Logged(1009)).ShouldBe((1, 1));
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
