using System.Numerics;

namespace Mesh.Retries;

/// <summary>
/// How long the answers of one service took in the last half to whole minute, in fixed memory: buckets eight to each power of two (log-linear, as HdrHistogram's), so that a quantile is right to
/// an eighth. Told the time by <see cref="Tick"/>, once a second while the service is in use.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>How many answers a quantile needs to mean something.</summary>
    public const int LeastSamples = 100;

    /// <summary>How many seconds a half of the memory covers.</summary>
    public const int HalfSeconds = 30;

    private const int SubBits = 3;
    private const int Octaves = 28;

    private volatile int[] _current = new int[Octaves << SubBits];
    private volatile int[] _before = new int[Octaves << SubBits];
    private int _seconds;

    /// <summary>Counts one. May race with <see cref="Tick"/>: a sample may go to the half that has just ended.</summary>
    public void Add(TimeSpan time) => Interlocked.Increment(ref _current[IndexOf(time)]);

    /// <summary>
    /// The time within which this part of the answers came, rounded up to the end of its bucket; <see langword="null"/> while fewer than <see cref="LeastSamples"/> are known.
    /// </summary>
    public TimeSpan? Quantile(double part)
    {
        var (current, before) = (_current, _before);
        var total = 0L;
        for (var i = 0; i < current.Length; i++)
        {
            total += current[i] + before[i];
        }

        if (total < LeastSamples)
        {
            return null;
        }

        var left = (long)Math.Ceiling(part * total);
        for (var i = 0; i < current.Length; i++)
        {
            left -= current[i] + before[i];
            if (left <= 0)
            {
                return EndOf(i);
            }
        }

        return EndOf(current.Length - 1);
    }

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        if (++_seconds < HalfSeconds)
        {
            return;
        }

        _seconds = 0;
        var empty = _before;
        _before = _current;
        Array.Clear(empty);
        _current = empty;
    }

    // Below eight microseconds each is a bucket of its own; the longest bucket takes everything from a quarter of an hour on.
    private static int IndexOf(TimeSpan time)
    {
        var micros = (uint)Math.Clamp(time.Ticks / TimeSpan.TicksPerMicrosecond, 0, (1L << (Octaves + SubBits - 1)) - 1);
        if (micros < 1 << SubBits)
        {
            return (int)micros;
        }

        var shift = BitOperations.Log2(micros) - SubBits;
        return ((shift + 1) << SubBits) + (int)((micros >> shift) & ((1 << SubBits) - 1));
    }

    private static TimeSpan EndOf(int index)
    {
        var (octave, sub) = (index >> SubBits, index & ((1 << SubBits) - 1));
        var micros = octave == 0 ? sub + 1 : (long)((1 << SubBits) + sub + 1) << (octave - 1);
        return TimeSpan.FromMicroseconds(micros);
    }
}
