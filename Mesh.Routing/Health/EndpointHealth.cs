using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Passive health of one endpoint: healthy until enough failures, ejected for a time that doubles, half-open until one request has probed it. A success costs
/// two reads; transitions take the lock.
/// </summary>
internal sealed partial class EndpointHealth(HealthContext context, EndpointState endpoint) : IDisposable
{
    private readonly Lock _gate = new();
    private SuccessWindow _window;
    private volatile HealthPhase _phase;
    private int _consecutive;
    private int _ejections;
    private double _changedAt;
    private double _ejectedUntil;
    private string? _reason;
    private ITimer? _timer;
    private bool _disposed;

    public HealthPhase Phase => _phase;

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutive);

    /// <summary>Why it was ejected; <see langword="null"/> while healthy.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>When its ejection ends or ended, on the router's clock.</summary>
    public double EjectedUntil => Volatile.Read(ref _ejectedUntil);

    /// <summary>What was counted in the last 30 s.</summary>
    public (int Successes, int Failures) Window => _window.Read(context.Clock.Now);

    public void OnSuccess(TimeSpan latency, double now)
    {
        _window.Add(success: true, now);
        if (Volatile.Read(ref _consecutive) != 0)
        {
            Volatile.Write(ref _consecutive, 0);
        }

        if (_phase == HealthPhase.Probing)
        {
            Restore(latency, now);
        }
    }

    /// <summary>The endpoint answered that it has too much to do: it is alive, so a probe has succeeded.</summary>
    public void OnOverloaded(double now)
    {
        if (_phase == HealthPhase.Probing)
        {
            Restore(TimeSpan.FromSeconds(HealthSettings.FailureSeconds), now);
        }
    }

    public void OnFailure(string what, double now)
    {
        _window.Add(success: false, now);
        var failures = Interlocked.Increment(ref _consecutive);
        var reason = _phase switch
        {
            HealthPhase.Healthy => ReasonToEject(failures, what, now),
            HealthPhase.Probing => $"the probe failed ({what})",
            _ => null,
        };
        if (reason is not null)
        {
            Eject(reason, now);
        }
    }

    /// <summary>The request said nothing of the endpoint: if it was the probe, another may be.</summary>
    public void OnNothingLearnt()
    {
        if (_phase == HealthPhase.Probing)
        {
            lock (_gate)
            {
                if (_phase == HealthPhase.Probing && !_disposed)
                {
                    _phase = HealthPhase.HalfOpen;
                    endpoint.SetAttention(false);
                }
            }
        }
    }

    /// <summary>Takes the one permit to probe.</summary>
    /// <param name="early">Also while its time is not over: the trial request of a breaker.</param>
    public bool TryTakeProbe(bool early = false)
    {
        if (_phase is HealthPhase.Healthy or HealthPhase.Probing || (_phase == HealthPhase.Ejected && !early))
        {
            return false;
        }

        lock (_gate)
        {
            if (_disposed || !(_phase == HealthPhase.HalfOpen || (early && _phase == HealthPhase.Ejected)))
            {
                return false;
            }

            _phase = HealthPhase.Probing;
            endpoint.SetAttention(true);
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

    private string? ReasonToEject(int failures, string what, double now)
    {
        if (failures >= context.Settings.ConsecutiveFailures)
        {
            return $"{failures} {(failures == 1 ? "failure" : "failures")} in a row ({what})";
        }

        var (successes, failed) = _window.Read(now);
        var requests = successes + failed;
        return requests >= HealthSettings.LeastRequests && successes < HealthSettings.LeastSuccessRate * requests
            ? $"{successes} of {requests} requests in {SuccessWindow.Seconds} s succeeded ({what})"
            : null;
    }

    private void Eject(string reason, double now)
    {
        TimeSpan time;
        lock (_gate)
        {
            if (_disposed || _phase == HealthPhase.Ejected)
            {
                return;
            }

            var settings = context.Settings;
            if (_phase == HealthPhase.Healthy && now - _changedAt > Math.Max(SuccessWindow.Seconds, Backoff(settings, _ejections - 1).TotalSeconds))
            {
                // It was well for longer than its last ejection: this is a new story.
                _ejections = 0;
            }

            time = context.Jitter(Backoff(settings, _ejections++));
            _phase = HealthPhase.Ejected;
            endpoint.SetAttention(false);
            _changedAt = now;
            _ejectedUntil = now + time.TotalSeconds;
            _reason = reason;
            _window.Clear();
            _timer?.Dispose();
            _timer = context.Clock.After(time, static state => ((EndpointHealth)state!).OnTimeOver(), this);
        }

        context.Changed();
        context.Meter.Ejected(endpoint);
        Log.Ejected(context.Logger, endpoint, context.Service, time.TotalSeconds, reason);
        endpoint.NotifyEjected();
    }

    private void OnTimeOver()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            if (_disposed || _phase != HealthPhase.Ejected)
            {
                return;
            }

            _phase = HealthPhase.HalfOpen;
        }

        context.Changed();
    }

    private void Restore(TimeSpan latency, double now)
    {
        lock (_gate)
        {
            // Without a probe under way it is a request from before the ejection, which proves nothing about now.
            if (_disposed || _phase != HealthPhase.Probing)
            {
                return;
            }

            _phase = HealthPhase.Healthy;
            endpoint.SetAttention(false);
            _changedAt = now;
            _reason = null;
            _timer?.Dispose();
            _timer = null;
            _window.Clear();
            Volatile.Write(ref _consecutive, 0);
        }

        endpoint.RestartCost(latency, now);
        context.Changed();
        Log.Restored(context.Logger, endpoint, context.Service);
    }

    private static TimeSpan Backoff(HealthSettings settings, int doublings)
    {
        var seconds = settings.EjectionTime.TotalSeconds * Math.Pow(2, Math.Clamp(doublings, 0, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, settings.MaxEjectionTime.TotalSeconds));
    }

    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Warning, "Endpoint {Endpoint} of {Service} is ejected for {Seconds:0.0} s: {Reason}.")]
        public static partial void Ejected(ILogger logger, EndpointState endpoint, ServiceName service, double seconds, string reason);

        [LoggerMessage(1201, LogLevel.Information, "Endpoint {Endpoint} of {Service} answers again.")]
        public static partial void Restored(ILogger logger, EndpointState endpoint, ServiceName service);
    }
}
