namespace Mesh.Network;

/// <summary>One end of a connection that a link carries: what a socket can do beyond a stream.</summary>
internal abstract class LinkEnd : IAsyncDisposable
{
    /// <summary>Reads what this end's peer sends and writes what it receives. A reset peer shows as an <see cref="IOException"/>.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Reads what this end's peer sends; 0 at its end.</summary>
    /// <exception cref="IOException">The peer has reset the connection.</exception>
    public virtual ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => Stream.ReadAsync(buffer, cancellationToken);

    /// <summary>Writes what its peer receives.</summary>
    /// <exception cref="IOException">The peer is gone.</exception>
    public virtual async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await Stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await Stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the peer that nothing more comes (FIN); reading goes on.</summary>
    public abstract void CompleteWrites();

    /// <summary>Breaks the connection at once: the peer sees a reset. May be called several times and from any thread.</summary>
    public abstract void Reset();

    /// <summary>Closes in an orderly way; after <see cref="Reset"/> it does nothing more.</summary>
    public abstract ValueTask DisposeAsync();
}
