using System.Net.Sockets;

namespace Mesh.Network;

/// <summary>A TCP connection as the end of a link.</summary>
internal sealed class SocketLinkEnd : LinkEnd
{
    // linux/tcp.h: option TCP_INFO of level IPPROTO_TCP begins with the state, a byte; TCP_CLOSE, where a FIN would have led to TCP_CLOSE_WAIT.
    private const int TcpProtocol = 6;
    private const int TcpInfo = 11;
    private const byte TcpClosed = 7;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private int _closed;
    private volatile bool _isCompleted;

    public SocketLinkEnd(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public override Stream Stream => _stream;

    // Linux tells of a reset once, to whichever call comes first. Where that was a write, the read after it sees an orderly end; only the connection's state still knows.
    public override bool HasEndedByReset
    {
        get
        {
            if (!OperatingSystem.IsLinux() || _isCompleted) return false;
            Span<byte> state = stackalloc byte[1];
            try
            {
                return _socket.GetRawSocketOption(TcpProtocol, TcpInfo, state) == 1 && state[0] == TcpClosed;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    public override void CompleteWrites()
    {
        _isCompleted = true;
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
}
