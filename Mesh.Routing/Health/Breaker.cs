using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Whether one port of a service is down in a whole tier or cluster. It is then left out wherever another can take over; single requests try it, rarely, until one succeeds. What opens
/// and closes it is the derived class's; the pauses between trials are here.
/// </summary>
/// <param name="context">What the health of the service's endpoints shares.</param>
/// <param name="name">What it watches over, for people and metrics.</param>
/// <param name="port">The number of the service's port.</param>
/// <param name="cluster">The cluster, or none for a tier.</param>
internal abstract partial class Breaker(HealthContext context, string name, int port, ClusterId cluster) : IDisposable
{
    private static readonly TimeSpan FirstTrial = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastTrial = TimeSpan.FromSeconds(10);

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

    protected HealthContext Context => context;

    protected Lock Gate { get; } = new();

    /// <summary>Takes the permit for a trial request, where one is due.</summary>
    public bool TryTakeTrial()
    {
        if (!_trialDue)
        {
            return false;
        }

        lock (Gate)
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

    /// <summary>The last of its endpoints is gone, with all that was known of them: others begin as well ones.</summary>
    public void OnEmpty()
    {
        lock (Gate)
        {
            if (!_isOpen || _disposed)
            {
                return;
            }

            ForgetInLock();
            CloseInLock();
        }

        TellClosed();
        Log.Gone(Context.Logger, Name, Port, Context.Service);
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Forgets what made it open.</summary>
    protected abstract void ForgetInLock();

    /// <summary>Whether what happened in this generation speaks of now: what was sent before it opened, or closed, says nothing of what has been since.</summary>
    protected bool IsOfNowInLock(long generation) => !_disposed && generation >= _since;

    protected void OpenInLock(double now)
    {
        _since = context.NextGeneration();
        _isOpen = true;
        Volatile.Write(ref _openedAt, now);
        _trialPause = FirstTrial;
        ArmInLock();
    }

    protected void CloseInLock()
    {
        _isOpen = false;
        _trialDue = false;
        _since = context.NextGeneration();
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>Tells tables and metrics that it opened; outside the lock.</summary>
    protected void TellOpened()
    {
        context.Changed();
        context.Meter.BreakerOpened(context.Service, this);
    }

    /// <summary>Tells tables and metrics that it closed; outside the lock.</summary>
    protected void TellClosed()
    {
        context.Changed();
        context.Meter.BreakerClosed(context.Service, this);
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
        lock (Gate)
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
        [LoggerMessage(1214, LogLevel.Information, "{Name} no longer counts as down for port {Port} of {Service}: none of its endpoints is left.")]
        public static partial void Gone(ILogger logger, string name, int port, ServiceName service);
    }
}
