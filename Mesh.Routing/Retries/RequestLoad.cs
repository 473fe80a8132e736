using System.Numerics;

namespace Mesh.Retries;

/// <summary>
/// How many requests of a service are under way, and how many there were: counted per processor, so that callers do not contend for one cache line, and exact
/// when added up. What is under way moves to the shared total in batches, so that far from the limit one read of it suffices.
/// </summary>
internal sealed class RequestLoad
{
    private const int Batch = 32;
    private const int MaxStripes = 16;

    // 128 bytes apart: two cache lines, since neighbours are fetched in pairs.
    private const int Spacing = 16;

    // High 32 bits: requests so far (wraps). Low 32 bits: under way, less what was moved to the total; may be negative.
    private readonly long[] _stripes;
    private readonly int _mask;
    private int _moved;

    public RequestLoad()
    {
        var stripes = Math.Min(MaxStripes, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));
        _mask = stripes - 1;
        _stripes = new long[(stripes + 1) * Spacing];
    }

    /// <summary>How many are under way.</summary>
    public int InFlight => Volatile.Read(ref _moved) + (int)Sum();

    /// <summary>How many requests there were; wraps after 2³².</summary>
    public uint Requests
    {
        get
        {
            var sum = Sum();
            return (uint)((sum - (int)sum) >> 32);
        }
    }

    /// <summary>Whether one more is within <paramref name="limit"/>.</summary>
    public bool HasRoom(int limit) => Volatile.Read(ref _moved) + (_mask + 1) * Batch < limit || InFlight < limit;

    /// <summary>One more try under way.</summary>
    /// <param name="isRequest">Whether it is the first of its request.</param>
    public void Enter(bool isRequest)
    {
        ref var stripe = ref Stripe;
        var after = (int)Interlocked.Add(ref stripe, isRequest ? (1L << 32) + 1 : 1);
        if (after >= Batch)
        {
            Move(ref stripe, Batch);
        }
    }

    /// <summary>One less.</summary>
    public void Exit()
    {
        ref var stripe = ref Stripe;
        if ((int)Interlocked.Decrement(ref stripe) <= -Batch)
        {
            Move(ref stripe, -Batch);
        }
    }

    private ref long Stripe => ref _stripes[((Thread.GetCurrentProcessorId() & _mask) + 1) * Spacing];

    private void Move(ref long stripe, int count)
    {
        // First to where it is added: a reader between the two sees too many, never too few.
        if (count > 0)
        {
            Interlocked.Add(ref _moved, count);
            Interlocked.Add(ref stripe, -count);
        }
        else
        {
            Interlocked.Add(ref stripe, -count);
            Interlocked.Add(ref _moved, count);
        }
    }

    private long Sum()
    {
        var sum = 0L;
        for (var i = Spacing; i < _stripes.Length; i += Spacing)
        {
            sum += Volatile.Read(ref _stripes[i]);
        }

        return sum;
    }
}
