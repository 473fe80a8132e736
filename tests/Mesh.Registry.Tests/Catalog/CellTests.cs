using System.Runtime.CompilerServices;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Catalog;

public class CellTests
{
    [Fact]
    public async Task Find_BeforeDuringAndAfterAService_IsTheSameCellWithAnotherSnapshot()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var cell = test.Cell(Orders);
        cell.Current.ShouldBeNull();

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        var first = cell.Current.ShouldNotBeNull();
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.2"));
        var second = cell.Current.ShouldNotBeNull();
        source.Sink.Remove(Alpha, Orders);
        cell.Current.ShouldBeNull();
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        test.Cell(Orders).ShouldBeSameAs(cell);
        cell.Current.ShouldNotBeNull().Revision.ShouldBeGreaterThan(second.Revision);
        second.Revision.ShouldBeGreaterThan(first.Revision);
        Written(first).ShouldBe(["alpha 10.0.0.1"], "who holds a snapshot keeps it as it was");
    }

    [Fact]
    public async Task Upsert_TheSameContentAgain_SwapsNothing()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        var before = test.Cell(Orders).Current;

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        source.Sink.Reset(Alpha, [Service(Orders, "10.0.0.1")]);

        test.Cell(Orders).Current.ShouldBeSameAs(before);
    }

    [Fact]
    public async Task Reset_OneOfAThousandServicesDiffers_NoOtherIsTouched()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var names = Enumerable.Range(0, 1000).Select(i => new ServiceName("sales", $"s{i}")).ToArray();
        source.Sink.Reset(Alpha, Array.ConvertAll(names, static n => Service(n, "10.0.0.1")));
        var before = Array.ConvertAll(names, n => test.Cell(n).Current);

        source.Sink.Reset(Alpha, Array.ConvertAll(names, n => n.Name == "s500" ? Service(n, "10.0.0.2") : Service(n, "10.0.0.1")));

        var swapped = names.Where((n, i) => !ReferenceEquals(test.Cell(n).Current, before[i])).ToArray();
        swapped.ShouldHaveSingleItem().Name.ShouldBe("s500");
        test.Cell(names[500]).Current!.Revision.ShouldBe(before.Max(static s => s!.Revision) + 1, "one swap is one revision");
    }

    [Fact]
    public async Task Upsert_OneClusterOfTwoChanges_TheOthersSegmentIsSharedAsItIs()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.SetCluster(Live(Beta));
        var kept = Service(Orders, Beta, "10.1.0.1");
        source.Sink.Upsert(Beta, kept);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.2"));

        test.Cell(Orders).Current!.Contributions[1].Service.Segments[0].ShouldBeSameAs(kept.Segments[0]);
    }

    [Fact]
    public async Task Upsert_TenThousandEndpointsWithDuplicates_EachAddressIsThereOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        string[] addresses = [.. Enumerable.Range(0, 10_000).Select(static i => $"10.1.{i / 250}.{i % 250}")];
        var service = Service(Orders) with { Segments = [Segment(Alpha, "a", addresses), Segment(Alpha, "b", addresses[5_000..])] };

        source.Sink.Upsert(Alpha, service);

        var snapshot = test.Cell(Orders).Current.ShouldNotBeNull();
        snapshot.EndpointCount.ShouldBe(10_000);
        snapshot.Endpoints.ToArray().Select(static e => e.Address).Distinct().Count().ShouldBe(10_000);
        test.Catalog.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Find_NamesThatDoNotExist_AreForgottenAndThoseHeldAreNot()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.MarkSynced();
        var held = test.Cell(Orders);
        LookUpMany(test.Catalog);

        // Interest ends, cells go dormant, and what nobody holds goes with the collector.
        await Until.TrueAsync(() =>
        {
            test.Clock.Advance(TimeSpan.FromMinutes(5));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var cells = test.Catalog.Core.Cells;
            return cells.Awake.Count() + cells.DormantCount <= 1;
        });

        test.Cell(Orders).ShouldBeSameAs(held);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        Written(held.Current).ShouldBe(["alpha 10.0.0.1"]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LookUpMany(MeshCatalog catalog)
    {
        for (var i = 0; i < 100; i++)
        {
            catalog.Find(new ServiceName("sales", $"none-{i}")).Status.ShouldBe(ServiceLookupStatus.Absent);
        }
    }
}
