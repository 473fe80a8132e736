using System.Diagnostics;

namespace Mesh.Benchmarks.P1;

/// <summary>Runs a loop of picks on some threads at once.</summary>
internal static class PickRun
{
    public const int Picks = 50_000;

    /// <param name="loop">Picks as often as it is told.</param>
    /// <param name="count">How many threads.</param>
    public static Measured OnThreads(Action<int> loop, int count)
    {
        var begun = 0L;
        var cpu = TimeSpan.Zero;
        var ended = new long[count];
        var bytes = new long[count];
        using var start = new Barrier(count, _ =>
        {
            cpu = Environment.CpuUsage.TotalTime;
            begun = Stopwatch.GetTimestamp();
        });
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            // Whatever a thread's first pick sets up is not the cost of a pick.
            loop(1000);
            start.SignalAndWait();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            loop(Picks);
            ended[i] = Stopwatch.GetTimestamp();
            bytes[i] = GC.GetAllocatedBytesForCurrentThread() - allocated;
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        // Until the last has ended: were they to run one after the other, undisturbed by each other, it would count double.
        var time = Stopwatch.GetElapsedTime(begun, ended.Max());
        return new Measured(time.TotalNanoseconds / Picks, bytes.Sum() / (double)(count * Picks), (Environment.CpuUsage.TotalTime - cpu) / (count * time));
    }
}
