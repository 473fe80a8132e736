namespace Mesh.Discovery;

/// <summary>
/// Looks four times a second whether the answers that were given still hold, and rests while there are none. Looking, and not being told: a change is a comparison away, storms of them are told
/// as one, and what changes is health as well as membership.
/// </summary>
internal sealed class NameWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly HashSet<WatchedName> _watched = [];
    private readonly ITimer _timer;
    private int _looking;
    private bool _disposed;

    public NameWatch(TimeProvider timeProvider) =>
        _timer = timeProvider.CreateTimer(static state => ((NameWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(WatchedName name)
    {
        lock (_gate)
        {
            if (!_disposed && _watched.Add(name) && _watched.Count == 1)
            {
                _timer.Change(Period, Period);
            }
        }
    }

    public void Remove(WatchedName name)
    {
        lock (_gate)
        {
            if (_watched.Remove(name) && _watched.Count == 0 && !_disposed)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _watched.Clear();
        }

        _timer.Dispose();
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
        {
            return;
        }

        try
        {
            WatchedName[] watched;
            lock (_gate)
            {
                watched = [.. _watched];
            }

            foreach (var name in watched)
            {
                if (IsOutdated(name))
                {
                    Remove(name);
                    name.End();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private static bool IsOutdated(WatchedName name)
    {
        try
        {
            return name.IsOutdated();
        }
        catch (ObjectDisposedException)
        {
            // The mesh has ended before whoever asks it.
            return false;
        }
    }
}
