using Microsoft.Extensions.Time.Testing;

namespace Mesh.Doubles;

/// <summary>A clock that the test turns, and that knows how many of its timers are not disposed.</summary>
internal sealed class CountedTimers : FakeTimeProvider
{
    private int _live;

    public int Live => Volatile.Read(ref _live);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _live);
        return new Timer(base.CreateTimer(callback, state, dueTime, period), this);
    }

    private sealed class Timer(ITimer inner, CountedTimers clock) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref clock._live);
            }

            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
