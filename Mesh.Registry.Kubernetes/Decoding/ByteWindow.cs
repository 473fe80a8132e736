using System.Buffers;

namespace Mesh.Decoding;

/// <summary>
/// The unread part of a stream, contiguous, in a pooled buffer that grows as far as it must. Spans into it stay valid until the next
/// <see cref="FillAsync"/>.
/// </summary>
internal sealed class ByteWindow(Stream stream) : IDisposable
{
    private const int InitialSize = 16 * 1024;

    // What one large object took is not held for as long as a watch lasts.
    private const int LargestIdle = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Reads more; <see langword="false"/> at the end of the stream.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        if (unread == 0 && _buffer.Length > LargestIdle)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
            _start = _end = 0;
            return;
        }

        if (_start > 0 && (unread == 0 || _buffer.Length - _end < InitialSize / 4))
        {
            Unread.CopyTo(_buffer);
            _start = 0;
            _end = unread;
        }

        if (_end < _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Unread.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
