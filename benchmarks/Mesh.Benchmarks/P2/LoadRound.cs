using System.Diagnostics;

namespace Mesh.Benchmarks.P2;

/// <summary>A fixed number of requests of one contestant, by a fixed number of callers that each wait for their answer.</summary>
internal static class LoadRound
{
    public const int Callers = 8;
    public const int Requests = 12_000;

    public static async Task<Measured> RunAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(contestant, cancellationToken), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new Measured(cpu.TotalMicroseconds / Requests, Requests / elapsed.TotalSeconds, bytes / (double)Requests);
    }

    private static async Task CallAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Requests / Callers; i++)
        {
            using var response = await contestant.Client.GetAsync(contestant.Uri, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }
}
