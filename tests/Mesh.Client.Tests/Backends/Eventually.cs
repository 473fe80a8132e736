using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Backends;

/// <summary>Waits for a condition, generously bounded; never a fixed time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task BecomesTrue(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            (Stopwatch.GetElapsedTime(started) < Bound).ShouldBeTrue($"{what} did not come true");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    /// <summary>Turns the clock in small steps until the task has ended, and gives what it ended in.</summary>
    public static async Task<T> TurnUntilEnd<T>(FakeTimeProvider clock, Task<T> task)
    {
        await BecomesTrue(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(20));
                return task.IsCompleted;
            },
            "the end of the task");
        return await task;
    }
}
