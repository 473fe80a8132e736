using System.Collections.Concurrent;

namespace Mesh.Benchmarks.P7;

/// <summary>What one run showed, second by second: the seconds of the requests' beginnings.</summary>
internal sealed class LossRun
{
    private const int MostSeconds = 120;

    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly int[,] _endings = new int[MostSeconds, 3];
    private readonly int[] _begun = new int[MostSeconds];
    private readonly ConcurrentDictionary<string, long> _arrived = new();
    private readonly ConcurrentDictionary<string, int> _reasons = new();
    private readonly List<Dictionary<string, long>> _samples = [];

    public int Second => Math.Min(MostSeconds - 1, (int)TimeProvider.System.GetElapsedTime(_started).TotalSeconds);

    public int Begin()
    {
        var second = Second;
        Interlocked.Increment(ref _begun[second]);
        return second;
    }

    /// <summary>Why requests failed, as their callers were told, and how often each was said.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    public void End(int second, Ending ending) => Interlocked.Increment(ref _endings[second, (int)ending]);

    /// <summary>A request failed.</summary>
    /// <param name="second">When it began.</param>
    /// <param name="reason">What its caller was told, without what differs from one to the next.</param>
    public void Fail(int second, string reason)
    {
        End(second, Ending.Failed);
        _reasons.AddOrUpdate(reason, 1, static (_, count) => count + 1);
    }

    /// <summary>How many tries had arrived in a cluster, as it says itself.</summary>
    public void Arrived(string cluster, long count) => _arrived.AddOrUpdate(cluster, count, (_, known) => Math.Max(known, count));

    /// <summary>Keeps how many have arrived by now.</summary>
    public void Sample() => _samples.Add(new Dictionary<string, long>(_arrived));

    /// <summary>How many requests that began in these seconds ended so.</summary>
    public int Count(Ending ending, int from, int to) => Enumerable.Range(from, to - from).Sum(s => _endings[s, (int)ending]);

    /// <summary>How many requests began in these seconds.</summary>
    public int Begun(int from, int to) => _begun.AsSpan(from, to - from).ToArray().Sum();

    /// <summary>Tries that arrived in a cluster between two samples.</summary>
    public long Tries(string cluster, int from, int to) => _samples[to].GetValueOrDefault(cluster) - _samples[from].GetValueOrDefault(cluster);

    /// <summary>Waits for a second to begin.</summary>
    public async Task WaitForAsync(int second, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds(second) - TimeProvider.System.GetElapsedTime(_started);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, TimeProvider.System, cancellationToken);
        }
    }
}
