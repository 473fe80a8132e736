using Microsoft.Extensions.Logging;

namespace Mesh.Discovery;

/// <summary>
/// Looks four times a second whether the answers that were given still hold, and rests while there are none. Looking, and not being told: a change is a comparison away, storms of them are told
/// as one, and what changes is health as well as membership. What fails for one name keeps no other from being looked at.
/// </summary>
internal sealed partial class NameWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    // Kinds of exceptions are few, names may be many.
    private const int MaxTold = 256;

    private readonly Lock _gate = new();
    private readonly DiscoveryMetrics _metrics;
    private readonly ILogger _logger;
    private readonly HashSet<(string Name, Type Kind)> _told = [];
    private readonly HashSet<WatchedName> _watched = [];
    private readonly ITimer _timer;
    private int _looking;
    private bool _disposed;

    public NameWatch(TimeProvider timeProvider, DiscoveryMetrics metrics, ILogger logger)
    {
        _metrics = metrics;
        _logger = logger;
        _timer = timeProvider.CreateTimer(static state => ((NameWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

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
                Look(name);
            }
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private void Look(WatchedName name)
    {
        try
        {
            if (name.IsOutdated())
            {
                Remove(name);
                name.End();
            }
        }
        catch (ObjectDisposedException)
        {
            // The mesh has ended before whoever asks it.
        }
        catch (Exception e)
        {
            // On a timer's thread it would end the process.
            Tell(name, e);
        }
    }

    // One thread looks at a time.
    private void Tell(WatchedName name, Exception exception)
    {
        try
        {
            _metrics.AddFailed(name.Name);
            if (_told.Count < MaxTold && _told.Add((name.Name, exception.GetType())))
            {
                Log.LookFailed(_logger, name.Name, exception.Message, exception);
            }
        }
        catch (Exception)
        {
            // The logger itself fails: there is nobody left to tell.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1333, LogLevel.Error, "Whether the answer for {Name} still holds could not be found out, or whoever was told that it does not failed: {Problem} Other names are looked at as before. Said once for each name and kind of error.")]
        public static partial void LookFailed(ILogger logger, string name, string problem, Exception exception);
    }
}
