namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>A clock that jumps from event to event. Timers and whatever else is to happen share one queue, so that a run is the same each time. One thread only.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _events = new();
    private long _now;
    private long _order;

    /// <summary>Seconds since the start.</summary>
    public double Now => (double)_now / TimeSpan.TicksPerSecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => new(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(_now));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(this, callback, state, dueTime, period);

    /// <summary>Lets something happen <paramref name="seconds"/> from now.</summary>
    public void After(double seconds, Action action) => _events.Enqueue(action, (_now + Math.Max(0, (long)(seconds * TimeSpan.TicksPerSecond)), _order++));

    /// <summary>Lets happen what happens until then.</summary>
    public void RunUntil(double seconds)
    {
        var end = (long)(seconds * TimeSpan.TicksPerSecond);
        while (_events.TryPeek(out _, out var at) && at.Ticks <= end)
        {
            var action = _events.Dequeue();
            _now = at.Ticks;
            action();
        }

        _now = end;
    }

    private sealed class Timer : ITimer
    {
        private readonly VirtualTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private TimeSpan _period;
        private int _version;

        public Timer(VirtualTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_time, _callback, _state) = (time, callback, state);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Schedule(++_version, dueTime);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(int version, TimeSpan due)
        {
            if (due == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            _time.After(due.TotalSeconds, () =>
            {
                if (version == _version)
                {
                    Schedule(version, _period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
                    _callback(_state);
                }
            });
        }
    }
}
