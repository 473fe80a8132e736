using System.Runtime.CompilerServices;

namespace Mesh.Health;

/// <summary>Successes and failures of the last 30 s, in six buckets of 5 s; no lock.</summary>
internal struct SuccessWindow
{
    public const int Seconds = BucketSeconds * BucketCount;

    private const int BucketSeconds = 5;
    private const int BucketCount = 6;
    private const long CountMask = (1 << 20) - 1;

    private Buckets _buckets;

    /// <summary>Counts one.</summary>
    /// <param name="success">Whether it was a success.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void Add(bool success, double now)
    {
        var period = PeriodOf(now);
        ref var bucket = ref _buckets[(int)(period % BucketCount)];
        while (true)
        {
            // period (23 bits) | successes (20 bits) | failures (20 bits)
            var seen = Volatile.Read(ref bucket);
            var current = seen >> 40 == period ? seen : period << 40;
            var full = ((success ? current >> 20 : current) & CountMask) == CountMask;
            var next = full ? current : current + (success ? 1L << 20 : 1);
            if (next == seen || Interlocked.CompareExchange(ref bucket, next, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>What is in the window.</summary>
    public readonly (int Successes, int Failures) Read(double now)
    {
        var period = PeriodOf(now);
        var (successes, failures) = (0, 0);
        for (var i = 0; i < BucketCount; i++)
        {
            var bucket = _buckets[i];
            if (period - (bucket >> 40) is >= 0 and < BucketCount && bucket != 0)
            {
                successes += (int)((bucket >> 20) & CountMask);
                failures += (int)(bucket & CountMask);
            }
        }

        return (successes, failures);
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _buckets = default;

    // From 1, so that an empty bucket belongs to no period; 23 bits are a year and a third.
    private static long PeriodOf(double now) => ((long)(now / BucketSeconds) + 1) & 0x7FFFFF;

    [InlineArray(BucketCount)]
    private struct Buckets
    {
        private long _first;
    }
}
