using System.Text;
using System.Threading.Channels;

namespace Mesh.Watch;

/// <summary>A body that arrives in chunks: as given at first, then as pushed.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly Channel<byte[]> _chunks = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> _current;

    /// <summary>Ends after these chunks.</summary>
    public ScriptedStream(params IEnumerable<string> chunks)
        : this(chunks.Select(Encoding.UTF8.GetBytes))
    {
        _chunks.Writer.Complete();
    }

    private ScriptedStream(IEnumerable<byte[]> chunks)
    {
        foreach (var chunk in chunks) _chunks.Writer.TryWrite(chunk);
    }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Ends after these bytes.</summary>
    public static ScriptedStream Of(IEnumerable<byte[]> chunks)
    {
        var stream = new ScriptedStream(chunks);
        stream.End();
        return stream;
    }

    /// <summary>Stays open.</summary>
    public static ScriptedStream Open(params IEnumerable<string> chunks) => new(chunks.Select(Encoding.UTF8.GetBytes));

    /// <summary>Stays open.</summary>
    public static ScriptedStream OpenWith(IEnumerable<byte[]> chunks) => new(chunks);

    public void Push(string text) => _chunks.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    public void End(Exception? error = null) => _chunks.Writer.TryComplete(error);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current.IsEmpty)
        {
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken)) return 0;
            if (_chunks.Reader.TryRead(out var next)) _current = next;
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
