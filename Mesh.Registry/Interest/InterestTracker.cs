using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mesh.Catalog;
using Microsoft.Extensions.Logging;

namespace Mesh.Interest;

/// <summary>The services in use: a look-up adds one, <see cref="Sweep"/> takes away what was not used for <see cref="MeshCatalogOptions.InterestExpiry"/>.</summary>
internal sealed partial class InterestTracker(CatalogCore core) : IServiceInterest
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CatalogCell, long> _lastUsed = [];
    private ImmutableHashSet<ServiceName> _current = [];
    private TaskCompletionSource _changed = NewPulse();
    private volatile bool _isFull;

    public ImmutableHashSet<ServiceName> Current => Volatile.Read(ref _current);

    /// <summary>Whether more services were asked for than are tracked, and none has ended since.</summary>
    public bool IsFull => _isFull;

    public async ValueTask<ImmutableHashSet<ServiceName>> WaitForChangeAsync(ImmutableHashSet<ServiceName> known, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(known);
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            var current = Current;
            if (!ReferenceEquals(current, known) && !current.SetEquals(known))
            {
                return current;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Marks the service as used and of interest; <see langword="false"/> where there is no room for more.</summary>
    public bool Register(CatalogCell cell)
    {
        cell.MarkUsed();
        return cell.IsOfInterest || Add([cell]);
    }

    /// <summary>Ends the interest in what was not used, begins it for what was; returns the services whose interest ended.</summary>
    public List<ServiceName> Sweep()
    {
        List<CatalogCell> ended = [];
        var now = core.TimeProvider.GetTimestamp();
        lock (_lock)
        {
            foreach (var (cell, lastUsed) in _lastUsed)
            {
                if (cell.TakeUse())
                {
                    CollectionsMarshal.GetValueRefOrNullRef(_lastUsed, cell) = now;
                }
                else if (core.TimeProvider.GetElapsedTime(lastUsed, now) >= core.Options.InterestExpiry)
                {
                    _lastUsed.Remove(cell);
                    cell.IsOfInterest = false;
                    ended.Add(cell);
                }
            }

            if (ended.Count > 0)
            {
                SayRoom();
                Publish(_current.Except(ended.Select(static c => c.Name)));
            }
        }

        // Whoever holds a cell may use it again without looking it up.
        var used = core.Cells.SweepDormant();
        foreach (var cell in core.Cells.Awake)
        {
            if (!cell.IsOfInterest && cell.TakeUse())
            {
                used.Add(cell);
            }
        }

        if (used.Count > 0)
        {
            Add(used);
        }

        foreach (var cell in core.Cells.Awake)
        {
            if (!cell.IsOfInterest && cell.Current is null)
            {
                core.Cells.Retire(cell);
            }
        }

        return ended.Where(static c => !c.IsOfInterest).Select(static c => c.Name).ToList();
    }

    private bool Add(List<CatalogCell> cells)
    {
        lock (_lock)
        {
            var next = _current.ToBuilder();
            foreach (var cell in cells)
            {
                if (_lastUsed.Count >= core.Options.Limits.MaxInterests)
                {
                    SayFull();
                    break;
                }

                if (!cell.IsOfInterest)
                {
                    cell.IsOfInterest = true;
                    _lastUsed[cell] = core.TimeProvider.GetTimestamp();
                    next.Add(cell.Name);
                }
            }

            Publish(next.ToImmutable());
            return cells[^1].IsOfInterest;
        }
    }

    private void SayFull()
    {
        if (!_isFull)
        {
            _isFull = true;
            Log.Full(core.Logger, core.Options.Limits.MaxInterests);
        }
    }

    private void SayRoom()
    {
        if (_isFull)
        {
            _isFull = false;
            Log.Room(core.Logger, core.Options.Limits.MaxInterests);
        }
    }

    private void Publish(ImmutableHashSet<ServiceName> next)
    {
        if (!ReferenceEquals(next, _current))
        {
            Volatile.Write(ref _current, next);
            Interlocked.Exchange(ref _changed, NewPulse()).TrySetResult();
        }
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(1021, LogLevel.Warning, "{Max} services are in use, the most that are tracked: on-demand sources are not asked for further ones until some are no longer used.")]
        public static partial void Full(ILogger logger, int max);

        [LoggerMessage(1022, LogLevel.Information, "Some of the {Max} services that are tracked at most are no longer used: further ones are tracked again.")]
        public static partial void Room(ILogger logger, int max);
    }
}
