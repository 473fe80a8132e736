namespace Mesh.Requests;

/// <summary>Where a caller's body is written to: tells the body what passes, and remembers whether it was the connection that failed.</summary>
internal sealed class WatchedBodyStream(Stream connection, WatchedBody body) : Stream
{
    private volatile bool _hasFailed;

    /// <summary>Whether the connection refused what was written.</summary>
    public bool HasFailed => _hasFailed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        body.Keep(buffer);
        try
        {
            connection.Write(buffer);
            body.Taken();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        body.Keep(buffer.Span);
        var writing = connection.WriteAsync(buffer, cancellationToken);
        if (!writing.IsCompletedSuccessfully)
        {
            return WatchAsync(writing.AsTask());
        }

        body.Taken();
        return writing;
    }

    public override void Flush()
    {
        try
        {
            connection.Flush();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var flushing = connection.FlushAsync(cancellationToken);
        return flushing.IsCompletedSuccessfully ? flushing : WatchAsync(flushing).AsTask();
    }

    private async ValueTask WatchAsync(Task writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
            body.Taken();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }
}
