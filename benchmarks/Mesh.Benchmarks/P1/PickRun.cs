using System.Diagnostics;

namespace Mesh.Benchmarks.P1;

/// <summary>Runs a loop of picks on two threads at once.</summary>
internal static class PickRun
{
    public const int Picks = 100_000;

    private const int Threads = 2;

    /// <param name="loop">Picks as often as it is told.</param>
    public static Measured OnTwoThreads(Action<int> loop)
    {
        var begun = 0L;
        var ended = new long[Threads];
        var bytes = new long[Threads];
        using var start = new Barrier(Threads, _ => begun = Stopwatch.GetTimestamp());
        var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
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
        return new Measured(Stopwatch.GetElapsedTime(begun, ended.Max()).TotalNanoseconds / Picks, bytes.Sum() / (double)(Threads * Picks));
    }
}
