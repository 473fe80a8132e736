namespace Mesh.Network;

/// <summary>One end of a <see cref="MemoryWire"/>.</summary>
internal sealed class MemoryLinkEnd(MemoryWire wire, MemoryLane incoming, MemoryLane outgoing) : LinkEnd
{
    private readonly MemoryEndStream _stream = new(wire, incoming, outgoing);

    public override Stream Stream => _stream;

    public override void CompleteWrites() => outgoing.End();

    public override void Reset() => wire.Reset();

    public override ValueTask DisposeAsync() => _stream.DisposeAsync();
}
