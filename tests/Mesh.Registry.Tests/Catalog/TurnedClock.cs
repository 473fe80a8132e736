using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Catalog;

/// <summary>A clock that a test turns, and that says which waits began.</summary>
internal sealed class TurnedClock : FakeTimeProvider
{
    /// <summary>The due times of single-shot timers, in the order they were made.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (period == Timeout.InfiniteTimeSpan && dueTime != Timeout.InfiniteTimeSpan)
        {
            Waits.Enqueue(dueTime);
        }

        return timer;
    }
}
