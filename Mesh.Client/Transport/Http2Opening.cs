namespace Mesh.Transport;

/// <summary>
/// A connection on which HTTP/2 without TLS has begun in both directions. The HTTP handler takes such a connection for ready as soon as the socket is connected and sends every
/// waiting request on it; a peer that is accepted by its kernel and hangs would swallow them all. So the client's preface goes out here, and the connection is handed over when the
/// peer's own, a SETTINGS frame (RFC 9113, 3.4), has begun to arrive: until then nothing was sent, and the requests can go elsewhere.
/// </summary>
internal sealed class Http2Opening : Stream
{
    private readonly Stream _inner;
    private readonly Http2Preface _preface;

    private Http2Opening(Stream inner, Http2Preface preface) => (_inner, _preface) = (inner, preface);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends the client's preface and waits for the peer's.</summary>
    /// <exception cref="IOException">The peer closed the connection, or answered with something else than HTTP/2.</exception>
    public static async ValueTask<Stream> OpenAsync(Stream inner, CancellationToken cancellationToken) =>
        new Http2Opening(inner, await Http2Preface.ExchangeAsync(inner, cancellationToken).ConfigureAwait(false));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _preface.HasUnread ? _preface.Replay(buffer) : _inner.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _preface.HasUnread ? ValueTask.FromResult(_preface.Replay(buffer.Span)) : _inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _inner.Write(buffer[_preface.TakeWritten(buffer.Length)..]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inner.WriteAsync(buffer[_preface.TakeWritten(buffer.Length)..], cancellationToken);

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
}
