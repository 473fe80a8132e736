using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Supervision;

public class LimitTests
{
    private static MeshCatalogOptions Limits(Action<CatalogLimits> configure)
    {
        var options = new MeshCatalogOptions();
        configure(options.Limits);
        return options;
    }

    private static ServiceContribution[] Services(params string[] names) => Array.ConvertAll(names, static n => Service(new ServiceName("sales", n), "10.0.0.1"));

    private static string Known(TestCatalog test) => string.Join(' ', test.Catalog.Services.Select(static s => s.Name.Name).Order());

    [Fact]
    public async Task Upsert_MoreEndpointsThanAllowed_LeftOutNamingTheLimitAndTheLastGoodStays()
    {
        var source = new HandSource();
        await using var test = await StartAsync(Limits(static l => l.MaxEndpointsPerService = 2), source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1", "10.0.0.2"));

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1", "10.0.0.2", "10.0.0.3"));

        test.Endpoints(Orders).Length.ShouldBe(2);
        test.Catalog.Problems.ShouldHaveSingleItem().Message.ShouldContain("It has 3 endpoints, more than the 2 allowed (MaxEndpointsPerService).");
    }

    [Fact]
    public async Task Upsert_MoreServicesThanAllowed_LeftOutUntilThereIsRoomAndOtherSourcesAreNotConcerned()
    {
        var source = new HandSource();
        var other = new HandSource("other");
        await using var test = await StartAsync(Limits(static l => l.MaxServicesPerCluster = 2), source, other);
        source.Sink.Reset(Alpha, Services("a", "b"));

        source.Sink.Upsert(Alpha, Services("c")[0]);
        Known(test).ShouldBe("a b");
        test.Catalog.Problems.ShouldHaveSingleItem().Message.ShouldContain("more services than the 2 allowed (MaxServicesPerCluster)");
        source.Sink.Upsert(Alpha, Service(new ServiceName("sales", "a"), "10.0.0.2"));
        test.Endpoints(new ServiceName("sales", "a")).ShouldBe(["alpha 10.0.0.2"], "a full cluster's services still change");
        other.Sink.Upsert(Alpha, Services("d")[0]);

        source.Sink.Remove(Alpha, new ServiceName("sales", "a"));
        source.Sink.Upsert(Alpha, Services("c")[0]);
        Known(test).ShouldBe("b c d");
        test.Catalog.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reset_AFullClusterExchangesItsServices_RoomIsMadeByWhatGoes()
    {
        var source = new HandSource();
        await using var test = await StartAsync(Limits(static l => l.MaxServicesPerCluster = 2), source);
        source.Sink.Reset(Alpha, Services("a", "b"));

        source.Sink.Reset(Alpha, Services("c", "d"));
        Known(test).ShouldBe("c d");
        source.Sink.Reset(Alpha, Services("c", "e", "f"));

        Known(test).ShouldBe("c e");
        test.Catalog.Problems.ShouldHaveSingleItem().Service!.Value.Name.ShouldBe("f");
    }

    [Fact]
    public async Task ReportProblem_MoreThanAreKept_FurtherOnesAreCounted()
    {
        var source = new HandSource();
        await using var test = await StartAsync(Limits(static l => l.MaxProblemsPerCluster = 3), source);

        for (var i = 0; i < 10; i++)
        {
            source.Sink.ReportProblem(new CatalogProblem("hand", Alpha, $"slice {i}", "bad"));
        }

        var problems = test.Catalog.Problems;
        problems.Count.ShouldBe(4);
        problems.Last().Message.ShouldContain("7 more things were left out");
        test.Logged(1010).ShouldBe(4);
    }

    [Fact]
    public void CatalogLimits_Defaults_AreThoseThatAreDocumented()
    {
        var limits = new CatalogLimits();

        (limits.MaxEndpointsPerService, limits.MaxServicesPerCluster, limits.MaxProblemsPerCluster, limits.MaxInterests).ShouldBe((50_000, 20_000, 1_000, 50_000));
    }
}
