namespace Mesh.Picks;

/// <summary>
/// Random numbers for picks: a state per thread, no lock. A thread's stream begins at the seed and a number of its own, so that one thread alone sees the
/// same choices for the same seed.
/// </summary>
internal sealed class PickRandom(int seed)
{
    [ThreadStatic]
    private static ulong t_state;

    [ThreadStatic]
    private static PickRandom? t_owner;

    private int _streams;

    /// <summary>The calling thread's state. Not to be kept.</summary>
    public ref ulong State
    {
        get
        {
            if (!ReferenceEquals(t_owner, this))
            {
                Begin();
            }

            return ref t_state;
        }
    }

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => (new PickContext([], default, ref State).NextRandom() >> 11) * (1.0 / (1UL << 53));

    private void Begin()
    {
        var stream = (ulong)(uint)Interlocked.Increment(ref _streams);
        t_state = (((ulong)(uint)seed << 32) | stream) * 0xD1342543DE82EF95;
        t_owner = this;
    }
}
