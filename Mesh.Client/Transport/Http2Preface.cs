namespace Mesh.Transport;

/// <summary>
/// The beginning of HTTP/2 on a connection, gone through before the HTTP handler has it: the client's preface has gone out, and the peer's first frame, a SETTINGS frame (RFC 9113, 3.4),
/// has begun to arrive. What was read is given to the handler, and what it begins with itself is not sent twice.
/// </summary>
internal sealed class Http2Preface
{
    private const int FrameHeaderLength = 9;
    private const byte SettingsFrame = 4;

    private ReadOnlyMemory<byte> _read;
    private int _written = Client.Length;

    private Http2Preface(ReadOnlyMemory<byte> read) => _read = read;

    /// <summary>Whether something that was read is still to be given to the reader.</summary>
    public bool HasUnread => !_read.IsEmpty;

    private static ReadOnlySpan<byte> Client => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Sends the client's preface and waits for the peer's.</summary>
    /// <exception cref="IOException">The peer closed the connection, or answered with something else than HTTP/2.</exception>
    public static async ValueTask<Http2Preface> ExchangeAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Client.ToArray(), cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        var header = new byte[FrameHeaderLength];
        var read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read < header.Length || header[3] != SettingsFrame)
        {
            throw new IOException(read == 0
                ? "it closed the connection where HTTP/2 should begin."
                : "it answered with something else than HTTP/2. Without TLS gRPC needs a port that speaks HTTP/2 from the first byte (h2c).");
        }

        return new Http2Preface(header);
    }

    /// <summary>Gives what was read; how much of it.</summary>
    public int Replay(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _read.Length);
        _read.Span[..count].CopyTo(buffer);
        _read = _read[count..];
        return count;
    }

    /// <summary>How much of what the handler writes has gone out already: it begins with a preface of its own.</summary>
    public int TakeWritten(int length)
    {
        var count = Math.Min(length, _written);
        _written -= count;
        return count;
    }
}
