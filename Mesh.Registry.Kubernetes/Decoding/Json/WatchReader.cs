namespace Mesh.Decoding;

/// <summary>Cuts the body of a watch into events: JSON objects one after another, with any white space between.</summary>
internal sealed class WatchReader(Stream stream, int maxObjectBytes) : IWatchReader
{
    private readonly ByteWindow _window = new(stream);
    private ObjectReader? _objects;

    private ObjectReader Objects => _objects ??= new ObjectReader(_window, maxObjectBytes, isEndless: true);

    /// <summary>Whether the last event has not wholly arrived.</summary>
    public bool InObject => Objects.InObject;

    /// <summary>Who the last object that was too large is.</summary>
    public ObjectIdentity TooLarge => Objects.TooLarge;

    /// <summary>The next event of what has arrived; valid until <see cref="FillAsync"/>.</summary>
    public ObjectRead TryRead(out ReadOnlySpan<byte> json)
    {
        if (!Objects.InObject)
        {
            var unread = _window.Unread;
            var begin = unread.IndexOfAnyExcept(" \t\r\n"u8);
            _window.Consume(begin < 0 ? unread.Length : begin);
            json = default;
            if (begin < 0) return ObjectRead.Incomplete;
            if (unread[begin] != '{') return ObjectRead.Broken;
        }

        return Objects.TryTake(out json);
    }

    /// <summary>Waits for more; <see langword="false"/> at the end.</summary>
    public ValueTask<bool> FillAsync(CancellationToken cancellationToken) => _window.FillAsync(cancellationToken);

    public void Dispose() => _window.Dispose();
}
