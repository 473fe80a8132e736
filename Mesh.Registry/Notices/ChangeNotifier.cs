using System.Collections.Immutable;
using System.Threading.Channels;
using Mesh.Catalog;
using Microsoft.Extensions.Logging;

namespace Mesh.Notices;

/// <summary>
/// Hands changes to subscribers, in batches from one task. Publishers only leave a mark: a cell that is already marked is not marked again, so a storm
/// of changes costs a slow subscriber one call with the newest state.
/// </summary>
internal sealed class ChangeNotifier(ILogger logger)
{
    // What is told at once; a bound on the list, not on what may wait (each cell waits once at most).
    private const int MaxBatch = 16_384;

    private readonly Channel<CatalogCell?> _marks = Channel.CreateUnbounded<CatalogCell?>(new UnboundedChannelOptions { SingleReader = true });
    private ImmutableArray<CatalogSubscription> _subscriptions = [];
    private int _stateMarked;

    /// <summary>What subscribers threw.</summary>
    public SubscriberFailures Failures { get; } = new(logger);

    public void CellChanged(CatalogCell cell)
    {
        if (cell.TryQueueNotice())
        {
            _marks.Writer.TryWrite(cell);
        }
    }

    public void StateChanged()
    {
        if (Interlocked.Exchange(ref _stateMarked, 1) == 0)
        {
            _marks.Writer.TryWrite(null);
        }
    }

    public IDisposable Subscribe(Action<IReadOnlyCollection<ServiceCell>> callback)
    {
        var subscription = new CatalogSubscription(
            callback,
            ended => ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Remove((CatalogSubscription)one), ended),
            Failures);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return subscription;
    }

    /// <summary>Tells until <see cref="Complete"/>; what was marked by then is still told.</summary>
    public async Task RunAsync()
    {
        List<CatalogCell> cells = [];
        while (await _marks.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            cells.Clear();
            var state = false;
            while (cells.Count < MaxBatch && _marks.Reader.TryRead(out var cell))
            {
                // The mark is taken before anybody is told: a change from now on is told again.
                if (cell is null)
                {
                    Interlocked.Exchange(ref _stateMarked, 0);
                    state = true;
                }
                else
                {
                    cell.NoticeTaken();
                    cells.Add(cell);
                }
            }

            Tell(cells, state);
        }
    }

    public void Complete() => _marks.Writer.TryComplete();

    private void Tell(List<CatalogCell> cells, bool state)
    {
        foreach (var cell in cells)
        {
            foreach (var subscription in cell.Subscriptions)
            {
                subscription.Tell(cell);
            }
        }

        var subscriptions = _subscriptions;
        if (subscriptions.IsEmpty)
        {
            return;
        }

        if (state)
        {
            TellAll(subscriptions, []);
        }

        if (cells.Count > 0)
        {
            TellAll(subscriptions, cells.ToArray());
        }
    }

    private static void TellAll(ImmutableArray<CatalogSubscription> subscriptions, ServiceCell[] batch)
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Tell(batch);
        }
    }
}
