using System.Net.Sockets;

namespace Mesh.Connection;

/// <summary>Makes the sockets to an API server.</summary>
internal static class ApiSocket
{
    /// <summary>
    /// A socket that notices within 45 s that its other end is gone, by TCP's keep-alive: HTTP/2's pings do the same, but a server or a proxy before it may speak HTTP/1.1 only,
    /// and a watch is a request that may rightly be silent for minutes.
    /// </summary>
    public static Socket Create()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return socket;
    }
}
