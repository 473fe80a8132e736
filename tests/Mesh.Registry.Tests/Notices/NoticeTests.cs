using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Notices;

public class NoticeTests
{
    [Fact]
    public async Task OnChange_AService_IsToldOfItsOwnChangesOnlyAfterThePublish()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var orders = new Told();
        var carts = new Told();
        using var first = test.Cell(Orders).OnChange(orders.Take);
        using var second = test.Cell(Carts).OnChange(carts.Take);

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await Until.TrueAsync(() => orders.Last == "alpha 10.0.0.1");
        source.Sink.Upsert(Alpha, Service(Carts, "10.0.0.2"));
        await Until.TrueAsync(() => carts.Last == "alpha 10.0.0.2");

        orders.Count.ShouldBe(1);
        carts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Subscribe_ServicesAndClustersChange_CellsAndEmptyBatchesAreTold()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var cells = new HashSet<ServiceCell>();
        var states = 0;
        using var subscription = test.Catalog.Subscribe(batch =>
        {
            lock (cells)
            {
                cells.UnionWith(batch);
                states += batch.Count == 0 ? 1 : 0;
            }
        });

        source.Sink.Reset(Alpha, [Service(Orders, "10.0.0.1"), Service(Carts, "10.0.0.2")]);
        await Until.TrueAsync(() => Read(() => cells.Count) == 2);
        var before = Read(() => states);
        source.Sink.SetCluster(Live(Beta));
        await Until.TrueAsync(() => Read(() => states) > before);

        cells.ShouldBe([test.Cell(Orders), test.Cell(Carts)], ignoreOrder: true);

        int Read(Func<int> what)
        {
            lock (cells)
            {
                return what();
            }
        }
    }

    [Fact]
    public async Task OnChange_AChangeDuringTheCall_IsToldAgain()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var handedOut = new ManualResetEventSlim();
        var calls = 0;
        using var subscription = test.Cell(Orders).OnChange(cell =>
        {
            // The first call has read, and stays inside until the next change has been handed out to everybody.
            if (Interlocked.Increment(ref calls) == 1)
            {
                source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.2"));
                handedOut.Wait(TestContext.Current.CancellationToken);
            }
        });
        using var later = test.Cell(Orders).OnChange(cell =>
        {
            if (Written(cell.Current).Single() == "alpha 10.0.0.2")
            {
                handedOut.Set();
            }
        });

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        await Until.TrueAsync(() => Volatile.Read(ref calls) == 2);
    }

    [Fact]
    public async Task OnChange_SubscribedWhileChangesStorm_TheNewestStateIsAlwaysReached()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var cell = test.Cell(Orders);
        for (var round = 0; round < 300; round++)
        {
            var last = $"10.0.{round / 200}.{(round % 200) + 1}";
            var writer = Task.Run(() => source.Sink.Upsert(Alpha, Service(Orders, last)), TestContext.Current.CancellationToken);
            var told = new Told();

            // Subscribe, then read: what is published later is told, what was published earlier is read.
            using var subscription = cell.OnChange(told.Take);
            told.Take(cell);
            await writer;
            await Until.TrueAsync(() => told.Last == $"alpha {last}");
        }
    }

    [Fact]
    public async Task OnChange_OneThrowsAndOneBlocks_NobodyElseIsDisturbed()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var release = new ManualResetEventSlim();
        var good = new Told();
        var states = 0;
        var cell = test.Cell(Orders);
        using var throwing = cell.OnChange(_ => throw new InvalidOperationException("thrown on purpose"));
        using var blocking = cell.OnChange(_ => release.Wait(TestContext.Current.CancellationToken));
        using var blockingAll = test.Catalog.Subscribe(_ => release.Wait(TestContext.Current.CancellationToken));
        using var counting = test.Catalog.Subscribe(_ => Interlocked.Increment(ref states));
        using var listening = cell.OnChange(good.Take);

        for (var i = 1; i <= 5; i++)
        {
            var address = $"10.0.0.{i}";
            var before = Volatile.Read(ref states);
            source.Sink.Upsert(Alpha, Service(Orders, address));
            await Until.TrueAsync(() => good.Last == $"alpha {address}" && Volatile.Read(ref states) > before);
        }

        release.Set();
        await Until.TrueAsync(() => test.Logged(1020) >= 1);
    }

    [Fact]
    public async Task OnChange_ASubscriberIsSlow_ManyChangesAreToldAsOneAndNeverTwiceAtOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = 0;
        var told = new Told();
        using var subscription = test.Cell(Orders).OnChange(cell =>
        {
            Interlocked.Increment(ref inside).ShouldBe(1);
            entered.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
            told.Take(cell);
            Interlocked.Decrement(ref inside);
        });
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await entered.Task;

        for (var i = 2; i <= 200; i++)
        {
            source.Sink.Upsert(Alpha, Service(Orders, $"10.0.0.{i}"));
        }

        release.Set();
        await Until.TrueAsync(() => told.Last == "alpha 10.0.0.200");
        told.Count.ShouldBeInRange(1, 4);
        test.Logged(1020).ShouldBe(0);
    }

    [Fact]
    public async Task OnChange_Disposed_IsNotToldAnyMore()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var ended = new Told();
        var other = new Told();
        test.Cell(Orders).OnChange(ended.Take).Dispose();
        using var subscription = test.Cell(Orders).OnChange(other.Take);

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await Until.TrueAsync(() => other.Count == 1);

        ended.Count.ShouldBe(0);
    }

    private sealed class Told
    {
        private readonly Lock _gate = new();
        private volatile string? _last;
        private int _count;

        public string? Last => _last;

        public int Count => Volatile.Read(ref _count);

        public void Take(ServiceCell cell)
        {
            // Reading and noting are one: otherwise an older reader could note last.
            lock (_gate)
            {
                _last = Written(cell.Current).FirstOrDefault();
            }

            Interlocked.Increment(ref _count);
        }
    }
}
