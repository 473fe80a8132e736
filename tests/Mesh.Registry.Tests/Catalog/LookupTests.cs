using static Mesh.Catalog.TestCatalog;

namespace Mesh.Catalog;

public class LookupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_BeforeAndAfterTheFirstState_PendingThenAbsent()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Pending);

        source.Sink.MarkSynced();

        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Absent);
    }

    [Fact]
    public async Task FindAsync_Known_WaitsForASourceThatIsStillConnectingForTheFirstTime()
    {
        var near = new HandSource("near");
        var far = new HandSource("far");
        await using var test = await StartAsync(near, far);
        far.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        far.Sink.MarkSynced();
        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();
        lookup.IsCompleted.ShouldBeFalse("the other source might bring nearer endpoints");

        near.Sink.MarkSynced();

        (await lookup).Status.ShouldBe(ServiceLookupStatus.Known);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindAsync_TheOwnClusterHasIt_DoesNotWaitForASilentSource(bool configured)
    {
        var own = new HandSource("own");
        var silent = new HandSource("silent");
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, OwnCluster = configured ? Alpha : default }, own, silent);
        own.Sink.SetCluster(Live(Alpha) with { IsOwn = !configured });
        own.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();

        lookup.IsCompleted.ShouldBeTrue("nearer endpoints than the own cluster's there are none");
        (await lookup).Status.ShouldBe(ServiceLookupStatus.Known);
    }

    [Fact]
    public async Task FindAsync_TheOwnClusterHasNoReadyEndpoint_WaitsForTheOthers()
    {
        var own = new HandSource("own");
        var silent = new HandSource("silent");
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, OwnCluster = Alpha }, own, silent);
        own.Sink.Upsert(Alpha, Service(Orders));
        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();
        lookup.IsCompleted.ShouldBeFalse();

        own.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        (await lookup.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token)).Status.ShouldBe(ServiceLookupStatus.Known);
    }

    [Fact]
    public async Task FindAsync_OnlyAnotherClusterHasIt_WaitsOneSecondForASilentSourceAndNoLonger()
    {
        var far = new HandSource("far");
        var silent = new HandSource("silent");
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, OwnCluster = Alpha }, far, silent);
        far.Sink.SetCluster(Live(Beta));
        far.Sink.Upsert(Beta, Service(Orders, Beta, "10.0.0.1"));
        test.Clock.Advance(TimeSpan.FromMilliseconds(400));
        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();
        await Until.TrueAsync(() => test.Clock.Waits.Contains(TimeSpan.FromMilliseconds(600)));
        test.Clock.Advance(TimeSpan.FromMilliseconds(599));
        lookup.IsCompleted.ShouldBeFalse();

        test.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await lookup.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token)).Status.ShouldBe(ServiceLookupStatus.Known);
        test.Catalog.FindAsync(Orders, Token).AsTask().IsCompleted.ShouldBeTrue("the grace is the service's, not each request's");
    }

    [Fact]
    public async Task FindAsync_NobodyHasBroughtAReadyEndpoint_WaitsTenSecondsForASilentSource()
    {
        var far = new HandSource("far");
        var silent = new HandSource("silent");
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, OwnCluster = Alpha }, far, silent);
        far.Sink.SetCluster(Live(Beta));
        far.Sink.Upsert(Beta, Service(Orders, Beta));
        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();
        await Until.TrueAsync(() => test.Clock.Waits.Contains(TimeSpan.FromSeconds(10)));
        test.Clock.Advance(TimeSpan.FromMilliseconds(9_999));
        lookup.IsCompleted.ShouldBeFalse("without that source there is nothing to route to");

        test.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await lookup.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token)).Status.ShouldBe(ServiceLookupStatus.Known);
    }

    [Fact]
    public async Task FindAsync_TheFirstConnectOfASourceFailed_WaitsForItOnlyWhileTheServiceIsNotKnown()
    {
        var down = new HandSource("down");
        var up = new HandSource("up");
        await using var test = await StartAsync(down, up);
        down.Sink.ReportFailure("Its server does not answer.");
        up.Sink.MarkSynced();
        var lookup = test.Catalog.FindAsync(Orders, Token).AsTask();
        lookup.IsCompleted.ShouldBeFalse();

        up.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        (await lookup).Status.ShouldBe(ServiceLookupStatus.Known);
        test.Catalog.FindAsync(Carts, Token).AsTask().IsCompleted.ShouldBeFalse("the source that is down may have it");
    }

    [Fact]
    public async Task FindAsync_Cancelled_EndsAtOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var caller = new CancellationTokenSource();
        var lookup = test.Catalog.FindAsync(Orders, caller.Token).AsTask();

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => lookup);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindAsync_CancelledAlready_EndsWhereItWouldWait(bool isKnown)
    {
        var source = new HandSource();
        await using var test = await StartAsync(source, new HandSource("silent"));
        if (isKnown)
        {
            source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        }

        var lookup = Task.Run(() => test.Catalog.FindAsync(Orders, new CancellationToken(canceled: true)).AsTask(), Token);

        await Should.ThrowAsync<OperationCanceledException>(lookup.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token));
    }

    [Fact]
    public async Task WaitForSync_SeveralSources_EndsWithTheLastOne()
    {
        var first = new HandSource("first");
        var second = new HandSource("second");
        await using var test = await StartAsync(first, second);
        var synced = test.Catalog.WaitForSyncAsync(Token);

        first.Sink.MarkSynced();
        first.Sink.MarkSynced();
        synced.IsCompleted.ShouldBeFalse("one source that says it twice is one");
        test.Catalog.IsSynced.ShouldBeFalse();
        second.Sink.MarkSynced();

        await synced;
        test.Catalog.IsSynced.ShouldBeTrue();
        test.Logged(1000).ShouldBe(2);
    }

    [Fact]
    public async Task WaitForSync_NoSources_IsOverAtOnce()
    {
        await using var test = await StartAsync();

        await test.Catalog.WaitForSyncAsync(Token);

        test.Catalog.Find(Orders).Status.ShouldBe(ServiceLookupStatus.Absent);
    }

    [Fact]
    public async Task HasNamespace_SeenOnce_StaysKnownAfterItsServicesWent()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        test.Catalog.Find(Orders);
        test.Catalog.HasNamespace("sales").ShouldBeFalse("asking for a name does not make its namespace known");

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        source.Sink.Reset(Alpha, []);

        test.Catalog.HasNamespace("sales").ShouldBeTrue();
        test.Catalog.HasNamespace("com").ShouldBeFalse();
    }

    [Fact]
    public void Constructor_TwoSourcesOfOneName_RefusedByName() =>
        Should.Throw<ArgumentException>(() => new MeshCatalog(
            [new HandSource("twice"), new HandSource("twice")],
            new MeshCatalogOptions(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)).Message.ShouldContain("named 'twice'");
}
