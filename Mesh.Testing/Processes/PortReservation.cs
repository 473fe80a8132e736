using System.Net;
using System.Net.Sockets;

namespace Mesh.Processes;

/// <summary>
/// A free loopback port, kept for one listener. On Linux a bound socket that does not listen holds it: nobody is given the
/// port, who connects is refused, and a listener that sets SO_REUSEADDR (Go programs and ours do) may still take it, again
/// after each restart. Elsewhere the port is only known to have been free, so a start may have to be tried again.
/// </summary>
internal sealed class PortReservation : IDisposable
{
    private readonly Socket? _holder;

    public PortReservation()
    {
        var socket = MakeSocket();
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        if (OperatingSystem.IsLinux()) _holder = socket;
        else socket.Dispose();
    }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>A socket of this process that listens on the port.</summary>
    public Socket Listen()
    {
        var socket = MakeSocket();
        try
        {
            socket.Bind(EndPoint);
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _holder?.Dispose();

    private static Socket MakeSocket()
    {
        const int SocketLevel = 1, ReuseAddress = 2;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // The portable option sets SO_REUSEPORT too, with which strangers could share the port.
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(SocketLevel, ReuseAddress, BitConverter.GetBytes(1));
        return socket;
    }
}
