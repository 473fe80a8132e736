using System.Net.Sockets;

namespace Mesh.Network;

/// <summary>One direction of a <see cref="MemoryWire"/>: bytes in order, a bounded number under way. Safe to call from any thread.</summary>
internal sealed class MemoryLane
{
    private const int MaxUnderWay = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private ReadOnlyMemory<byte> _first;
    private int _underWay;
    private bool _ended;
    private bool _readerLeft;
    private bool _reset;
    private TaskCompletionSource? _change;

    /// <summary>Reads what is there, or waits; 0 at the end.</summary>
    /// <exception cref="IOException">The connection was reset.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                ThrowIfReset();
                // Who closes a connection while it is read wants the read to end: HTTP/1.1 cancels so.
                ObjectDisposedException.ThrowIf(_readerLeft, typeof(Stream));
                if (_first.IsEmpty && _chunks.TryDequeue(out var next)) _first = next;
                if (!_first.IsEmpty || buffer.IsEmpty)
                {
                    var taken = Math.Min(_first.Length, buffer.Length);
                    _first[..taken].CopyTo(buffer);
                    _first = _first[taken..];
                    _underWay -= taken;
                    Signal();
                    return taken;
                }

                if (_ended) return 0;
                change = NextChange();
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes, or waits until there is room.</summary>
    /// <exception cref="IOException">The connection was reset.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        while (true)
        {
            Task change;
            lock (_lock)
            {
                ThrowIfReset();
                ObjectDisposedException.ThrowIf(_ended, typeof(Stream));
                if (_underWay < MaxUnderWay)
                {
                    _chunks.Enqueue(bytes.ToArray());
                    _underWay += bytes.Length;
                    Signal();
                    return;
                }

                change = NextChange();
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says that nothing more is written.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Signal();
        }
    }

    /// <summary>Says that nobody reads any more; returns whether something lay unread, which TCP answers with a reset.</summary>
    public bool LeaveReader()
    {
        lock (_lock)
        {
            _readerLeft = true;
            Signal();
            return _underWay > 0;
        }
    }

    /// <summary>Whether nobody reads any more.</summary>
    public bool IsReaderGone
    {
        get
        {
            lock (_lock) return _readerLeft;
        }
    }

    /// <summary>Breaks it: who reads or writes, now or later, is told.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _reset = true;
            _chunks.Clear();
            Signal();
        }
    }

    private Task NextChange() => (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Signal()
    {
        _change?.SetResult();
        _change = null;
    }

    private void ThrowIfReset()
    {
        if (!_reset) return;
        var reason = new SocketException((int)SocketError.ConnectionReset);
        throw new IOException(reason.Message, reason);
    }
}
