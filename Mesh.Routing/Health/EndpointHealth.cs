using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Passive health of one endpoint: healthy until enough failures, ejected for a time that doubles, half-open until one request has probed it. A success costs
/// a few reads; transitions take the lock.
/// </summary>
internal sealed partial class EndpointHealth(HealthContext context, EndpointState endpoint) : IDisposable
{
    private readonly Lock _gate = new();
    private SuccessWindow _window;
    private volatile HealthPhase _phase;
    private int _consecutive;

    // The row that the last success ended, and how many successes came since then: while all of them may be taken back the row may go on.
    private int _endedRow;
    private int _sinceEnded;
    private int _ejections;
    private long _since;
    private long _probe;
    private double _changedAt;
    private double _ejectedUntil;
    private string? _reason;
    private volatile bool _refuses;
    private ITimer? _timer;
    private bool _disposed;

    public HealthPhase Phase => _phase;

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutive);

    /// <summary>Why it was ejected; <see langword="null"/> while healthy.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Whether it is ejected, or was and is not back, for answers that it gave: it lives, and may be one that is full.</summary>
    public bool IsEjectedForAnswers => _refuses && _phase != HealthPhase.Healthy;

    /// <summary>When its ejection ends or ended, on the router's clock.</summary>
    public double EjectedUntil => Volatile.Read(ref _ejectedUntil);

    /// <summary>What was counted in the last 30 s.</summary>
    public (int Successes, int Failures) Window => _window.Read(context.Clock.Now);

    /// <summary>
    /// Whether the outcome of a pick of this generation speaks of now: it was made after the last transition, or it is the probe that brought the endpoint back.
    /// </summary>
    public bool IsOfNow(long generation) => generation >= Volatile.Read(ref _since) || IsProbe(generation);

    /// <summary>The endpoint has begun to answer: it is alive, so a probe has succeeded. If that very probe fails all the same, it is ejected again.</summary>
    public void OnAnswered(TimeSpan? latency, long generation, double now)
    {
        if (_phase == HealthPhase.Probing)
        {
            Restore(latency, generation, now);
        }
    }

    public void OnSuccess(TimeSpan? latency, long generation, double now)
    {
        _window.Add(success: true, now);
        if (Volatile.Read(ref _consecutive) != 0 || Volatile.Read(ref _endedRow) != 0)
        {
            EndRow();
        }

        OnAnswered(latency, generation, now);
        if (Volatile.Read(ref _probe) != 0 && !IsProbe(generation))
        {
            // Another than the probe has confirmed it: how the probe itself ends decides no more.
            ForgetProbe();
        }
    }

    /// <summary>The endpoint answered that it has too much to do: it is alive, so a probe has succeeded.</summary>
    public void OnOverloaded(long generation, double now) => OnAnswered(TimeSpan.FromSeconds(HealthSettings.FailureSeconds), generation, now);

    /// <summary>The request failed.</summary>
    /// <param name="what">What kind of failure, in words.</param>
    /// <param name="hasAnswered">Whether the endpoint itself said so.</param>
    /// <param name="generation">The generation of the pick.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    /// <param name="takesBack">Whether the same try was told to be a success before: then the row of failures that it ended goes on.</param>
    public void OnFailure(string what, bool hasAnswered, long generation, double now, bool takesBack = false)
    {
        _window.Add(success: false, now);
        var failures = AddToRow(takesBack);
        var reason = _phase switch
        {
            HealthPhase.Healthy when !IsProbe(generation) || IsNewStory(now) => ReasonToEject(failures, what, now),
            HealthPhase.Healthy or HealthPhase.Probing => $"the probe failed ({what})",
            _ => null,
        };
        if (reason is not null)
        {
            Eject(reason, hasAnswered, generation, now);
        }
    }

    /// <summary>The request said nothing of the endpoint: if it was the probe, another may be.</summary>
    public void OnNothingLearnt(long generation)
    {
        if (_phase == HealthPhase.Probing)
        {
            lock (_gate)
            {
                if (_phase == HealthPhase.Probing && IsProbe(generation) && !_disposed)
                {
                    _phase = HealthPhase.HalfOpen;
                    Volatile.Write(ref _probe, 0);
                }
            }
        }
    }

    /// <summary>Takes the one permit to probe.</summary>
    /// <param name="generation">The probe's own generation.</param>
    /// <param name="early">Also while its time is not over: the trial request of a breaker.</param>
    public bool TryTakeProbe(out long generation, bool early = false)
    {
        generation = 0;
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

            // Whatever was sent before the probe does not answer for it.
            generation = context.NextOwnGeneration();
            Volatile.Write(ref _probe, generation);
            Volatile.Write(ref _since, generation);
            _phase = HealthPhase.Probing;
            return true;
        }
    }

    /// <summary>The endpoint is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _timer?.Dispose();
            _timer = null;
        }

        if (_phase != HealthPhase.Healthy)
        {
            Log.Gone(context.Logger, endpoint, context.Service);
        }
    }

    private void EndRow()
    {
        lock (_gate)
        {
            if (_consecutive != 0)
            {
                (_endedRow, _sinceEnded) = (_consecutive, 0);
                Volatile.Write(ref _consecutive, 0);
            }

            // Only what is under way can be taken back: of more successes than that, one has ended well.
            if (++_sinceEnded > endpoint.InFlight)
            {
                (_endedRow, _sinceEnded) = (0, 0);
            }
        }
    }

    private int AddToRow(bool takesBack)
    {
        lock (_gate)
        {
            var row = _consecutive + 1;
            if (takesBack && _sinceEnded > 0 && --_sinceEnded == 0)
            {
                row += _endedRow;
                _endedRow = 0;
            }

            Volatile.Write(ref _consecutive, row);
            return row;
        }
    }

    private void ForgetProbe()
    {
        lock (_gate)
        {
            if (_phase == HealthPhase.Healthy)
            {
                Volatile.Write(ref _probe, 0);
            }
        }
    }

    private bool IsProbe(long generation) => generation != 0 && generation == Volatile.Read(ref _probe);

    // It was well for longer than its last ejection.
    private bool IsNewStory(double now) =>
        now - Volatile.Read(ref _changedAt) > Math.Max(SuccessWindow.Seconds, Backoff(context.Settings, _ejections - 1).TotalSeconds);

    private string? ReasonToEject(int failures, string what, double now) =>
        FailureRule.Of(failures, _window.Read(now), context.Settings) is { } reason ? $"{reason} ({what})" : null;

    private void Eject(string reason, bool hasAnswered, long generation, double now)
    {
        TimeSpan time;
        lock (_gate)
        {
            if (_disposed || _phase == HealthPhase.Ejected || !IsOfNow(generation))
            {
                return;
            }

            var settings = context.Settings;
            if (_phase == HealthPhase.Healthy && IsNewStory(now))
            {
                _ejections = 0;
            }

            time = context.Jitter(Backoff(settings, _ejections++));
            _refuses = hasAnswered;
            _phase = HealthPhase.Ejected;
            var since = BeginGenerationInLock();
            Volatile.Write(ref _probe, 0);
            Volatile.Write(ref _changedAt, now);
            _ejectedUntil = now + time.TotalSeconds;
            _reason = reason;
            _window.Clear();
            _timer?.Dispose();
            _timer = context.Clock.After(
                time,
                static state =>
                {
                    var (health, since) = ((EndpointHealth, long))state!;
                    health.OnTimeOver(since);
                },
                (this, since));
        }

        context.Changed();
        context.Meter.Ejected(endpoint);
        Log.Ejected(context.Logger, endpoint, context.Service, time.TotalSeconds, reason);
        endpoint.NotifyEjected();
    }

    private void OnTimeOver(long since)
    {
        lock (_gate)
        {
            // A timer that was disposed may have been about to call already: it is an earlier ejection's.
            if (_disposed || _phase != HealthPhase.Ejected || _since != since)
            {
                return;
            }

            _timer?.Dispose();
            _timer = null;
            _phase = HealthPhase.HalfOpen;
        }

        context.Changed();
    }

    private void Restore(TimeSpan? latency, long generation, double now)
    {
        lock (_gate)
        {
            if (_disposed || _phase != HealthPhase.Probing || !IsOfNow(generation))
            {
                return;
            }

            _phase = HealthPhase.Healthy;
            BeginGenerationInLock();
            Volatile.Write(ref _changedAt, now);
            _reason = null;
            _timer?.Dispose();
            _timer = null;
            _window.Clear();
            Volatile.Write(ref _consecutive, 0);
            (_endedRow, _sinceEnded) = (0, 0);
        }

        endpoint.RestartCost(latency, now);
        context.Changed();
        Log.Restored(context.Logger, endpoint, context.Service);
    }

    private long BeginGenerationInLock()
    {
        var generation = context.NextGeneration();
        Volatile.Write(ref _since, generation);
        return generation;
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

        [LoggerMessage(1204, LogLevel.Information, "Endpoint {Endpoint} of {Service}, which was ejected, is gone.")]
        public static partial void Gone(ILogger logger, EndpointState endpoint, ServiceName service);
    }
}
