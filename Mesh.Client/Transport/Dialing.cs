using System.Net;
using System.Net.Sockets;

namespace Mesh.Transport;

/// <summary>Opens connections, as the application says or by TCP.</summary>
internal static class Dialing
{
    public static ValueTask<Stream> DialAsync(EndpointState endpoint, TransportSettings settings, CancellationToken cancellationToken) =>
        settings.Dial is { } dial ? dial(endpoint, cancellationToken) : DialTcpAsync(endpoint, cancellationToken);

    private static async ValueTask<Stream> DialTcpAsync(EndpointState endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            EndPoint target = endpoint.Address.ToIPAddress() is { } address
                ? new IPEndPoint(address, endpoint.Port)
                : new DnsEndPoint(endpoint.Address.ToString(), endpoint.Port);
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
