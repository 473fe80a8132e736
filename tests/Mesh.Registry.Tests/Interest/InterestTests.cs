using System.Collections.Immutable;
using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Interest;

public class InterestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_AService_IsHandedToTheSources()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        var interest = source.Sink.Interest;
        interest.Current.ShouldBeEmpty();
        var waiting = interest.WaitForChangeAsync(interest.Current, Token);

        test.Catalog.Find(Orders);

        (await waiting).ShouldBe([Orders]);
        (await interest.WaitForChangeAsync([], Token)).ShouldBe([Orders], "what changed before the call is told at once");
    }

    [Fact]
    public async Task Sweep_ServicesUsedAndUnused_OnlyTheUnusedOnesEnd()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        var orders = test.Cell(Orders);
        test.Cell(Carts);

        for (var i = 0; i < 8; i++)
        {
            orders.MarkUsed();
            test.Clock.Advance(TimeSpan.FromMinutes(2.5));
        }

        source.Sink.Interest.Current.ShouldBe([Orders]);
        test.Clock.Advance(TimeSpan.FromMinutes(15));
        source.Sink.Interest.Current.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_NotUsedForLessThanTheExpiry_StaysOfInterest()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        test.Cell(Orders);

        // The first sweep notices the use; the expiry counts from there.
        test.Clock.Advance(TimeSpan.FromMinutes(2.5));
        test.Clock.Advance(TimeSpan.FromMinutes(7.5));
        source.Sink.Interest.Current.ShouldBe([Orders]);
        test.Clock.Advance(TimeSpan.FromMinutes(2.5));

        source.Sink.Interest.Current.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_AHeldCellIsUsedAgainWithoutALookUp_IsOfInterestAgain()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        var cell = test.Cell(Orders);
        for (var i = 0; i < 8; i++)
        {
            test.Clock.Advance(TimeSpan.FromMinutes(2.5));
        }

        source.Sink.Interest.Current.ShouldBeEmpty();
        cell.MarkUsed();
        test.Clock.Advance(TimeSpan.FromMinutes(2.5));

        source.Sink.Interest.Current.ShouldBe([Orders]);
    }

    [Fact]
    public async Task Find_MoreThanMayBeOfInterest_SaidOnceAndFurtherOnesAreNotAskedFor()
    {
        var options = new MeshCatalogOptions();
        options.Limits.MaxInterests = 2;
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(options, source);
        source.Sink.MarkSynced();

        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            test.Catalog.Find(new ServiceName("sales", name));
        }

        source.Sink.Interest.Current.Count.ShouldBe(2);
        test.Logged(1021).ShouldBe(1);
        test.Catalog.Find(new ServiceName("sales", "d")).Status.ShouldBe(ServiceLookupStatus.Absent, "nobody is asked, so nobody is waited for");
    }

    [Fact]
    public async Task Find_AnOnDemandSource_IsPendingUntilItAnswers()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        source.Sink.MarkSynced();
        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Pending);
        var orders = test.Catalog.FindAsync(Orders, Token).AsTask();
        var carts = test.Catalog.FindAsync(Carts, Token).AsTask();
        orders.IsCompleted.ShouldBeFalse();

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        source.Sink.Remove(Alpha, Carts);

        (await orders).Status.ShouldBe(ServiceLookupStatus.Known);
        (await carts).Status.ShouldBe(ServiceLookupStatus.Absent, "removing what it never brought is the answer that it has none");
    }

    [Fact]
    public async Task Find_AfterTheInterestEnded_TheNextOneWhoAsksWaitsForANewAnswer()
    {
        var source = new HandSource(isOnDemand: true);
        await using var test = await StartAsync(source);
        source.Sink.MarkSynced();
        test.Catalog.Find(Orders);
        source.Sink.Remove(Alpha, Orders);
        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Absent);

        for (var i = 0; i < 8; i++)
        {
            test.Clock.Advance(TimeSpan.FromMinutes(2.5));
        }

        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Pending);
    }
}
