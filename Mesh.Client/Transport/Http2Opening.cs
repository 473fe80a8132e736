namespace Mesh.Transport;

/// <summary>
/// A connection on which HTTP/2 without TLS has begun in both directions. The HTTP handler takes such a connection for ready as soon as the socket is connected and sends every
/// waiting request on it; a peer that is accepted by its kernel and hangs would swallow them all. So the client's preface goes out here, and the connection is handed over when the
/// peer's own, a SETTINGS frame (RFC 9113, 3.4), has begun to arrive: until then nothing was sent, and the requests can go elsewhere.
/// </summary>
internal sealed class Http2Opening : Stream
{
    private const int FrameHeaderLength = 9;
    private const byte SettingsFrame = 4;

    private readonly Stream _inner;
    private ReadOnlyMemory<byte> _read;
    private int _written;

    private Http2Opening(Stream inner, ReadOnlyMemory<byte> read)
    {
        _inner = inner;
        _read = read;
        _written = Preface.Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Sends the client's preface and waits for the peer's.</summary>
    /// <exception cref="IOException">The peer closed the connection, or answered with something else than HTTP/2.</exception>
    public static async ValueTask<Stream> OpenAsync(Stream inner, CancellationToken cancellationToken)
    {
        await inner.WriteAsync(Preface.ToArray(), cancellationToken).ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        var header = new byte[FrameHeaderLength];
        var read = await inner.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read < header.Length || header[3] != SettingsFrame)
        {
            throw new IOException(read == 0
                ? "it closed the connection where HTTP/2 should begin."
                : "it answered with something else than HTTP/2. Without TLS gRPC needs a port that speaks HTTP/2 from the first byte (h2c).");
        }

        return new Http2Opening(inner, header);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _read.IsEmpty ? _inner.Read(buffer) : Replay(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _read.IsEmpty ? _inner.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(Replay(buffer.Span));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _inner.Write(buffer[TakeWritten(buffer.Length)..]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inner.WriteAsync(buffer[TakeWritten(buffer.Length)..], cancellationToken);

    public override void Flush() => _inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Replay(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _read.Length);
        _read.Span[..count].CopyTo(buffer);
        _read = _read[count..];
        return count;
    }

    // The handler begins with a preface of its own, which has gone out already.
    private int TakeWritten(int length)
    {
        var count = Math.Min(length, _written);
        _written -= count;
        return count;
    }
}
