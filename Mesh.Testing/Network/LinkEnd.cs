namespace Mesh.Network;

/// <summary>One end of a connection that a link carries: what a socket can do beyond a stream.</summary>
internal abstract class LinkEnd : IAsyncDisposable
{
    /// <summary>Reads what this end's peer sends and writes what it receives. A reset peer shows as an <see cref="IOException"/>.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Whether the end of <see cref="Stream"/> that was just read was really the peer's reset.</summary>
    public virtual bool HasEndedByReset => false;

    /// <summary>Tells the peer that nothing more comes (FIN); reading goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Breaks the connection at once: the peer sees a reset. May be called several times and from any thread.</summary>
    public abstract void Reset();

    /// <summary>Closes in an orderly way; after <see cref="Reset"/> it does nothing more.</summary>
    public abstract ValueTask DisposeAsync();
}
