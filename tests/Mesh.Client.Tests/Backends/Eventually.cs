using System.Diagnostics;

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
}
