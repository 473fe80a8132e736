using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Whether one port of a service is down in a whole tier or cluster: connections to three distinct endpoints of it (or to all) fail, and none succeeds between. It is then left out
/// wherever another can take over; single requests try it, rarely, until one succeeds. A cluster that dies together with its API server leaves its endpoints
/// "ready" for ever: this is what notices.
/// </summary>
internal sealed partial class Breaker(HealthContext context, string name, int port, ClusterId cluster, Func<EndpointState, bool> isStale) : IDisposable
{
    private const int DistinctToOpen = 3;
    private const int LeastFailures = 2;

    private static readonly TimeSpan FirstTrial = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastTrial = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<EndpointState> _failed = [];
    private int _failures;
    private volatile bool _isSuspect;
    private volatile bool _isOpen;
    private volatile bool _trialDue;
    private TimeSpan _trialPause;
    private double _openedAt;
    private long _since;
    private ITimer? _timer;
    private bool _disposed;

    public string Name => name;

    /// <summary>The number of the service's port that it watches over.</summary>
    public int Port => port;

    /// <summary>The cluster that it watches over as a whole; none for a tier.</summary>
    public ClusterId Cluster => cluster;

    public bool IsOpen => _isOpen;

    /// <summary>Since when it has been open, on the router's clock.</summary>
    public double OpenedAt => Volatile.Read(ref _openedAt);

    /// <summary>How many endpoints it watches over; set whenever a table is built.</summary>
    public int MemberCount { get; set; }

    /// <param name="generation">The generation of the pick whose request was answered.</param>
    public void OnConnected(long generation)
    {
        if (!_isSuspect)
        {
            return;
        }

        lock (_gate)
        {
            // What was sent before it opened, or closed, says nothing of what has been since.
            if (_disposed || generation < _since)
            {
                return;
            }

            _failed.Clear();
            _failures = 0;
            _isSuspect = false;
            if (!_isOpen)
            {
                return;
            }

            _isOpen = false;
            _trialDue = false;
            _since = context.NextGeneration();
            _timer?.Dispose();
            _timer = null;
        }

        context.Changed();
        context.Meter.BreakerClosed(context.Service, this);
        Log.Closed(context.Logger, name, port, context.Service);
    }

    /// <param name="endpoint">Whose connection failed.</param>
    /// <param name="generation">The generation in which it was begun.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void OnConnectFailed(EndpointState endpoint, long generation, double now)
    {
        int distinct;
        lock (_gate)
        {
            if (_disposed || _isOpen || generation < _since)
            {
                return;
            }

            _isSuspect = true;
            _failures++;
            _failed.Add(endpoint);
            _failed.RemoveWhere(static e => e.IsRetired);
            distinct = _failed.Count;
            var needed = Math.Min(DistinctToOpen, Math.Max(1, MemberCount));
            var failures = Math.Max(needed, LeastFailures);
            if (isStale(endpoint))
            {
                // Its source cannot say that it is down: half the evidence suffices.
                (needed, failures) = ((needed + 1) / 2, (failures + 1) / 2);
            }

            if (distinct < needed || _failures < failures)
            {
                return;
            }

            _since = context.NextGeneration();
            _isOpen = true;
            _openedAt = now;
            _trialPause = FirstTrial;
            ArmInLock();
        }

        context.Changed();
        context.Meter.BreakerOpened(context.Service, this);
        Log.Opened(context.Logger, name, port, context.Service, distinct);
    }

    /// <summary>Takes the permit for a trial request, where one is due.</summary>
    public bool TryTakeTrial()
    {
        if (!_trialDue)
        {
            return false;
        }

        lock (_gate)
        {
            if (_disposed || !_isOpen || !_trialDue)
            {
                return false;
            }

            _trialDue = false;
            _trialPause = TimeSpan.FromTicks(Math.Min(_trialPause.Ticks * 2, LastTrial.Ticks));
            ArmInLock();
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void ArmInLock()
    {
        _timer?.Dispose();
        _timer = context.Clock.After(
            context.Jitter(_trialPause),
            static state =>
            {
                var (breaker, since) = ((Breaker, long))state!;
                breaker.OnPauseOver(since);
            },
            (this, _since));
    }

    private void OnPauseOver(long since)
    {
        lock (_gate)
        {
            // A timer that was disposed may have been about to call already.
            if (_isOpen && _since == since)
            {
                _trialDue = true;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1210, LogLevel.Warning, "{Name} counts as down for port {Port} of {Service}: connections to {Count} of its endpoints failed and none succeeded. Requests go elsewhere where they can; single ones try it again.")]
        public static partial void Opened(ILogger logger, string name, int port, ServiceName service, int count);

        [LoggerMessage(1211, LogLevel.Information, "{Name} is back for port {Port} of {Service}: a connection succeeded.")]
        public static partial void Closed(ILogger logger, string name, int port, ServiceName service);
    }
}
