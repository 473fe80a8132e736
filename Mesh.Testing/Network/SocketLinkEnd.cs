using System.Net.Sockets;

namespace Mesh.Network;

/// <summary>A TCP connection as the end of a link.</summary>
internal sealed class SocketLinkEnd : LinkEnd
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private int _closed;

    public SocketLinkEnd(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public override Stream Stream => _stream;

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
}
