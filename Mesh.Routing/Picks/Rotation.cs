namespace Mesh.Picks;

/// <summary>
/// Whose turn it is. Begins anywhere (as gRPC's round robin does): each process, and each table that is built again, has a rotation of its own, and the first endpoints would get more than others if all
/// of them began there.
/// </summary>
internal sealed class Rotation
{
    private long _turn;
    private int _isBegun;

    /// <summary>The next turn; wraps.</summary>
    public ulong Next(in PickContext context)
    {
        if (Volatile.Read(ref _isBegun) == 0 && Interlocked.Exchange(ref _isBegun, 1) == 0)
        {
            Interlocked.Add(ref _turn, (long)context.NextRandom());
        }

        return (ulong)Interlocked.Increment(ref _turn);
    }
}
