namespace Mesh.Watch;

/// <summary>
/// Pauses between tries: 800 ms, doubled each time, at most 30 s, of which a random part is waited (full jitter, so that a fleet does not return as one).
/// Two minutes of health make it begin anew.
/// </summary>
internal sealed class WatchBackoff(TimeProvider timeProvider, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Health = TimeSpan.FromMinutes(2);

    private int _failures;
    private long? _healthySince;

    /// <summary>How many pauses were taken since the last reset.</summary>
    public int Failures => _failures;

    /// <summary>Says that it works since now.</summary>
    public void Healthy() => _healthySince ??= timeProvider.GetTimestamp();

    /// <summary>Whether the next try needs no pause, as nothing failed lately. It counts as a failure all the same: the one after it waits.</summary>
    public bool TryAtOnce()
    {
        EndHealth();
        if (_failures > 0) return false;
        _failures = 1;
        return true;
    }

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        EndHealth();

        // 800 ms × 2^6 is above the cap already.
        var longest = Math.Min(First.TotalMilliseconds * (1 << Math.Min(_failures, 6)), Cap.TotalMilliseconds);
        _failures++;
        return TimeSpan.FromMilliseconds(longest * NextDouble());
    }

    /// <summary>Between half of <paramref name="longest"/> and all of it.</summary>
    public TimeSpan About(TimeSpan longest)
    {
        _healthySince = null;
        return longest * (0.5 + (NextDouble() / 2));
    }

    /// <summary>A whole number of seconds between <paramref name="shortest"/> and twice that.</summary>
    public int Seconds(TimeSpan shortest)
    {
        var seconds = Math.Max(1, (int)shortest.TotalSeconds);
        lock (random) return random.Next(seconds, (2 * seconds) + 1);
    }

    private void EndHealth()
    {
        if (_healthySince is { } since && timeProvider.GetElapsedTime(since) >= Health) _failures = 0;
        _healthySince = null;
    }

    // The watchers of one connector share the random.
    private double NextDouble()
    {
        lock (random) return random.NextDouble();
    }
}
