namespace Mesh.Routes;

/// <summary>Ticks once a second while any service is in use, and rests otherwise. One timer for the whole router.</summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<ServiceState> _awake = [];
    private readonly ITimer _timer;
    private bool _disposed;

    public Heartbeat(TimeProvider provider) =>
        _timer = provider.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

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
        lock (_gate)
        {
            _awake.RemoveWhere(static service =>
            {
                if (service.Tick())
                {
                    return false;
                }

                service.IsAwake = false;
                return true;
            });
            if (_awake.Count == 0 && !_disposed)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
