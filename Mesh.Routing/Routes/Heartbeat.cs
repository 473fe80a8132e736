using Mesh.Telemetry;

namespace Mesh.Routes;

/// <summary>
/// Ticks once a second while any service is in use, and rests otherwise. One timer for the whole router. Services tick outside the lock, which a pick that wakes its service waits for; and each by itself, so
/// that what fails for one keeps no other from its tick.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<ServiceState> _awake = [];
    private readonly Faults _faults;
    private readonly ITimer _timer;
    private int _isTicking;
    private bool _disposed;

    public Heartbeat(TimeProvider provider, Faults faults)
    {
        _faults = faults;
        _timer = provider.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Wake(ServiceState service)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            service.IsAwake = true;
            if (_awake.Add(service) && _awake.Count == 1)
            {
                _timer.Change(Second, Second);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _awake.Clear();
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        // A tick that takes longer than a second is not overtaken by the next.
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
        {
            return;
        }

        try
        {
            ServiceState[] awake;
            lock (_gate)
            {
                awake = [.. _awake];
            }

            foreach (var service in awake)
            {
                // Where its tick fails it is not known whether it is in use.
                var isInUse = true;
                _faults.Survive(service.Name, () => isInUse = service.Tick());
                if (!isInUse)
                {
                    Rest(service);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private void Rest(ServiceState service)
    {
        lock (_gate)
        {
            service.IsAwake = false;
            if (_awake.Remove(service) && _awake.Count == 0 && !_disposed)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
