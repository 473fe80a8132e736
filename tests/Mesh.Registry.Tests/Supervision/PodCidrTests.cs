using Mesh.Catalog;

namespace Mesh.Supervision;

/// <summary>Endpoints outside of a cluster's own ranges stay outside; the rest flows.</summary>
public class PodCidrTests
{
    [Fact]
    public async Task Upsert_SomeEndpointsAreOutside_TheyAreLeftOutWithOneLine()
    {
        var source = new HandSource();
        await using var test = await TestCatalog.StartAsync(source);
        Describe(source, "10.0.0.0/16");

        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.0.0.1", "10.9.0.1", "10.0.0.2"));
        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Carts, "10.9.0.2"));

        test.Endpoints(TestCatalog.Orders).ShouldBe(["alpha 10.0.0.1", "alpha 10.0.0.2"]);
        test.Endpoints(TestCatalog.Carts).ShouldBeEmpty();
        test.Logged(1012).ShouldBe(1);
        test.Catalog.Problems.Select(static p => p.Service).ShouldBe([TestCatalog.Orders, TestCatalog.Carts], ignoreOrder: true);
        test.Catalog.Problems.First(static p => p.Service == TestCatalog.Orders).Message.ShouldContain("1 of its endpoints (10.9.0.1) are outside of the cluster's PodCidrs (10.0.0.0/16)");
    }

    [Fact]
    public async Task Upsert_TheyComeWithin_TheProblemIsGoneAndANewOneIsNews()
    {
        var source = new HandSource();
        await using var test = await TestCatalog.StartAsync(source);
        Describe(source, "10.0.0.0/16");
        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.9.0.1"));

        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.0.0.1"));
        test.Catalog.Problems.ShouldBeEmpty();
        test.Endpoints(TestCatalog.Orders).ShouldBe(["alpha 10.0.0.1"]);
        test.Logged(1013).ShouldBe(1);

        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.9.0.1"));
        test.Logged(1012).ShouldBe(2);
        source.Sink.Remove(TestCatalog.Alpha, TestCatalog.Orders);
        test.Catalog.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Upsert_NoRangesAreSaid_AnyAddressIsTaken()
    {
        var source = new HandSource();
        await using var test = await TestCatalog.StartAsync(source);

        source.Sink.Upsert(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.9.0.1", "db.example.com"));

        test.Endpoints(TestCatalog.Orders).Length.ShouldBe(2);
    }

    [Fact]
    public async Task SetCluster_OtherRangesWhileItRuns_CountForWhatWasBroughtBefore()
    {
        var source = new MemoryCatalogSource();
        source.Set(TestCatalog.Alpha, TestCatalog.Service(TestCatalog.Orders, "10.0.0.1", "10.9.0.1"));
        await using var test = await TestCatalog.StartAsync(source);
        await Until.TrueAsync(() => test.Endpoints(TestCatalog.Orders).Length == 2);

        source.SetCluster(TestCatalog.Live(TestCatalog.Alpha) with { PodCidrs = Ranges("10.0.0.0/16") });
        test.Endpoints(TestCatalog.Orders).ShouldBe(["alpha 10.0.0.1"]);

        source.SetCluster(TestCatalog.Live(TestCatalog.Alpha) with { PodCidrs = Ranges("10.9.0.0/16") });
        test.Endpoints(TestCatalog.Orders).ShouldBe(["alpha 10.9.0.1"]);

        source.SetCluster(TestCatalog.Live(TestCatalog.Alpha));
        test.Endpoints(TestCatalog.Orders).ShouldBe(["alpha 10.0.0.1", "alpha 10.9.0.1"]);
        test.Catalog.Problems.ShouldBeEmpty();
    }

    private static void Describe(HandSource source, params string[] ranges) => source.Sink.SetCluster(TestCatalog.Live(TestCatalog.Alpha) with { PodCidrs = Ranges(ranges) });

    private static AddressRanges Ranges(params string[] ranges)
    {
        AddressRanges.TryParse(ranges, out var parsed, out _).ShouldBeTrue();
        return parsed!;
    }
}
