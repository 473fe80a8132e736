namespace Mesh.Transport;

/// <summary>A connection, below its TLS, that tells the request whose bytes it writes (<see cref="WriteMark"/>). What is written while it is opened belongs to nobody.</summary>
/// <param name="inner">The connection.</param>
/// <param name="count">Told when it is ready and when it ends.</param>
internal sealed class MarkedStream(Stream inner, ConnectionCount count) : Stream
{
    private volatile bool _isOpen;
    private volatile bool _isHttp2;
    private int _isClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on requests are written.</summary>
    /// <param name="isHttp2">Whether by HTTP/2: many at once, and answers are read meanwhile.</param>
    public void Open(bool isHttp2)
    {
        count.Open();
        _isHttp2 = isHttp2;
        _isOpen = true;
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Mark();
        try
        {
            inner.Write(buffer);
        }
        catch (IOException e) when (_isOpen && !_isHttp2)
        {
            throw new WriteFailedException(e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Mark();
        var writing = inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompletedSuccessfully ? writing : WatchAsync(writing);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        CountEnd();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CountEnd();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void CountEnd()
    {
        if (_isOpen && Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            count.Close();
        }
    }

    private void Mark()
    {
        if (_isOpen)
        {
            WriteMark.Set(this, isOnlyOne: !_isHttp2);
        }
    }

    private async ValueTask WatchAsync(ValueTask writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (IOException e) when (_isOpen && !_isHttp2)
        {
            throw new WriteFailedException(e);
        }
    }
}
