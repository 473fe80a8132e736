namespace Mesh.Network;

/// <summary>A connection inside the process that ends as a TCP connection does: in order, each way by itself, or by a reset.</summary>
internal sealed class MemoryWire
{
    private readonly MemoryLane _there = new();
    private readonly MemoryLane _back = new();

    public MemoryWire()
    {
        First = new MemoryLinkEnd(this, incoming: _back, outgoing: _there);
        Second = new MemoryLinkEnd(this, incoming: _there, outgoing: _back);
    }

    /// <summary>One end.</summary>
    public MemoryLinkEnd First { get; }

    /// <summary>The other.</summary>
    public MemoryLinkEnd Second { get; }

    /// <summary>Breaks it: every read and write, of either end, fails from now on.</summary>
    public void Reset()
    {
        _there.Reset();
        _back.Reset();
    }
}
