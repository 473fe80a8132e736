using System.Net.Sockets;

namespace Mesh.Network;

/// <summary>A TCP connection as the end of a link.</summary>
internal sealed class SocketLinkEnd : LinkEnd
{
    // linux/tcp.h: option TCP_INFO of level IPPROTO_TCP begins with the state, a byte; TCP_CLOSE after a reset, where a FIN alone leads to TCP_CLOSE_WAIT.
    private const int TcpProtocol = 6;
    private const int TcpInfo = 11;
    private const byte TcpClosed = 7;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private volatile TaskCompletionSource? _writing;
    private volatile bool _wasReset;
    private int _closed;

    public SocketLinkEnd(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public override Stream Stream => _stream;

    // Linux tells of a reset once, to whichever call comes first. Where that was a write, the read after it sees an orderly end. A FIN before the reset stays an end: the write learns EPIPE then.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var length = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (length == 0 && IsClosed())
        {
            // On a closed connection it ends at once.
            if (_writing is { } writing) await writing.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_wasReset) throw new IOException("The peer has reset the connection, of which a write was told before.");
        }

        return length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var writing = _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            _wasReset = true;
            throw;
        }
        finally
        {
            writing.TrySetResult();
        }
    }

    public override void CompleteWrites()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone already, so there is nobody left to tell.
        }
    }

    public override void Reset()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        try
        {
            // Closing with a linger time of zero sends RST instead of FIN.
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Not connected any more: closing is all that is left to do.
        }

        _socket.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _socket.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private bool IsClosed()
    {
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> state = stackalloc byte[1];
        try
        {
            return _socket.GetRawSocketOption(TcpProtocol, TcpInfo, state) == 1 && state[0] == TcpClosed;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
