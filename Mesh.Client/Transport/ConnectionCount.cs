namespace Mesh.Transport;

/// <summary>Tells whether a try can have been sent: not where no connection to its endpoint was ready from its begin to its end.</summary>
internal sealed class ConnectionCount
{
    private int _open;
    private int _opened;

    public void Open()
    {
        // In this order: whoever finds none open, and as many opened as before, has missed none.
        Interlocked.Increment(ref _opened);
        Interlocked.Increment(ref _open);
    }

    public void Close() => Interlocked.Decrement(ref _open);

    /// <summary>How many have been ready so far, where none is now; <see langword="null"/> where one is.</summary>
    public int? OpenedIfNoneIsOpen => Volatile.Read(ref _open) == 0 ? Volatile.Read(ref _opened) : null;
}
