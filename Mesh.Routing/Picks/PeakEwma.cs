namespace Mesh.Picks;

/// <summary>
/// The cost of an endpoint: a moving average of its latency that follows a rise at once and a fall slowly, and fades while nothing is measured (Finagle's
/// PeakEwma). Kept as ln(cost) + t/τ: since all costs fade by the same factor, scores of different endpoints compare without reading a clock.
/// </summary>
internal struct PeakEwma
{
    /// <summary>τ, in seconds: after this time without measurement a cost has faded to 37 %.</summary>
    public const double DecaySeconds = 10;

    // 1 µs: below what a network can do, and a finite logarithm.
    private const double LeastSeconds = 1e-6;

    private double _score;
    private double _measuredAt;

    public PeakEwma() => _score = double.NaN;

    /// <summary>Comparable with any other endpoint's; NaN while nothing was measured.</summary>
    public readonly double Score => _score;

    /// <summary>The cost at <paramref name="now"/>, in seconds; NaN while nothing was measured.</summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public readonly double SecondsAt(double now) => Math.Exp(_score - now / DecaySeconds);

    /// <summary>Takes a measurement in.</summary>
    /// <param name="seconds">The latency, or what stands for it.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void Observe(double seconds, double now)
    {
        seconds = Math.Max(seconds, LeastSeconds);
        var logarithm = Math.Log(seconds);
        while (true)
        {
            var seen = Volatile.Read(ref _score);

            // A peak is compared with the cost as it was measured, not as it has faded: otherwise every answer after a pause would be one. NaN: the first.
            var isPeak = !(logarithm <= seen - _measuredAt / DecaySeconds);
            var next = (isPeak ? logarithm : Blend(seen, seconds, now)) + now / DecaySeconds;
            if (BitConverter.DoubleToInt64Bits(Interlocked.CompareExchange(ref _score, next, seen)) == BitConverter.DoubleToInt64Bits(seen))
            {
                // Two reporters may leave the other's time here: microseconds of a ten second decay.
                Volatile.Write(ref _measuredAt, now);
                return;
            }
        }
    }

    /// <summary>Forgets what was measured before.</summary>
    public void Restart(double seconds, double now)
    {
        Volatile.Write(ref _score, ToScore(Math.Max(seconds, LeastSeconds), now));
        Volatile.Write(ref _measuredAt, now);
    }

    /// <summary>Starts at another endpoint's score.</summary>
    public void StartAt(double score, double now)
    {
        Volatile.Write(ref _score, score);
        Volatile.Write(ref _measuredAt, now);
    }

    private static double ToScore(double seconds, double now) => Math.Log(seconds) + now / DecaySeconds;

    private readonly double Blend(double seen, double seconds, double now)
    {
        var kept = Math.Exp(-Math.Max(0, now - _measuredAt) / DecaySeconds);
        return Math.Log(Math.Exp(seen - now / DecaySeconds) + seconds * (1 - kept));
    }
}
