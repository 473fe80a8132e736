using System.IO.Pipelines;
using System.Threading.Channels;

namespace Mesh.Simulation;

/// <summary>
/// One running watch. It reads the type's history from its own cursor, so it needs no buffer and loses nothing; changes, bookmarks, time-outs
/// and faults only wake it.
/// </summary>
internal sealed class WatchSession(ObjectStore store, ServedResource served, ListQuery query, WatchWriter writer, WatchRegistry registry, FaultPlan faults, TimeProvider time) : IStoreListener
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromSeconds(2);
    private readonly Channel<WatchOrder> _orders = Channel.CreateUnbounded<WatchOrder>(new UnboundedChannelOptions { SingleReader = true });
    private readonly StoreEvent?[] _batch = new StoreEvent?[64];
    private int _awake;
    private int _unsent;
    private bool _givenUp;

    public ServedResource Served => served;

    /// <summary>Under the store's lock: at most one wake-up waits at a time.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _unsent) > faults.UnreadLimit && writer.IsWaiting) GiveUp();
        if (Interlocked.Exchange(ref _awake, 1) == 0) _orders.Writer.TryWrite(WatchOrder.Look);
    }

    /// <summary>Tells the watch to do something between two events.</summary>
    public void Order(WatchOrder order) => _orders.Writer.TryWrite(order);

    /// <summary>Runs until the client goes, the time is up or a fault ends it. The flag says that the connection must be cut.</summary>
    public async Task<bool> RunAsync(long cursor, IReadOnlyList<StoredObject> initial, bool endBookmark, CancellationToken cancellationToken)
    {
        foreach (var one in initial) writer.Event("ADDED", one);
        if (endBookmark) writer.Bookmark(cursor, initialEventsEnd: true);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);

        using var timeout = query.Timeout is { } limit
            ? time.CreateTimer(_ => Order(WatchOrder.End), null, limit, Timeout.InfiniteTimeSpan)
            : null;
        using var bookmarks = query.Bookmarks
            ? time.CreateTimer(_ => Order(WatchOrder.Bookmark), null, BookmarkInterval, BookmarkInterval)
            : null;
        using var lastBookmark = query is { Bookmarks: true, Timeout: { } end } && end > BeforeTheEnd
            ? time.CreateTimer(_ => Order(WatchOrder.Bookmark), null, end - BeforeTheEnd, Timeout.InfiniteTimeSpan)
            : null;
        Wake();
        await foreach (var order in _orders.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            // Whatever the order, the client first sees what happened before it.
            Volatile.Write(ref _awake, 0);
            int count;
            while ((count = store.Read(served.Type, ref cursor, _batch)) > 0)
            {
                Volatile.Write(ref _unsent, 0);
                foreach (var change in _batch.AsSpan(0, count)) Deliver(change!);
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (Volatile.Read(ref _givenUp)) return false;
            }

            if (count < 0)
            {
                writer.Error(Refuse.WatchExpired(cursor, store.Revision));
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                return false;
            }

            if (order == WatchOrder.Look || order == WatchOrder.Bookmark && !query.Bookmarks) continue;
            var next = order.Perform(writer, cursor);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (next != WatchAfter.GoOn) return next == WatchAfter.Cut;
        }

        return false;
    }

    /// <summary>The watch is over; what was written is sent when the client reads again, then the stream ends.</summary>
    private void GiveUp()
    {
        Volatile.Write(ref _givenUp, true);
        registry.Remove(this);
    }

    private void Deliver(StoreEvent change)
    {
        var matches = change.Type != StoreEventType.Deleted && query.Filter.Matches(change.Object);
        var matched = change.Previous is { } previous && query.Filter.Matches(previous);
        if (matches) writer.Event(matched ? "MODIFIED" : "ADDED", change.Object);
        else if (matched) writer.Event("DELETED", change.Type == StoreEventType.Deleted ? change.Object : change.Previous!.At(change.Revision));
    }
}
