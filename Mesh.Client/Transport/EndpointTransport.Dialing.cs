using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Mesh.Transport;

/// <summary>How one connection is opened.</summary>
internal sealed partial class EndpointTransport
{
    private static readonly List<SslApplicationProtocol> Http11Only = [SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> Http2Only = [SslApplicationProtocol.Http2];
    private static readonly List<SslApplicationProtocol> Http2OrHttp11 = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private ValueTask<Stream> DialAsync(CancellationToken cancellationToken) =>
        _settings.Dial is { } dial ? dial(_endpoint, cancellationToken) : DialTcpAsync(cancellationToken);

    private async ValueTask<Stream> DialTcpAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            EndPoint target = _endpoint.Address.ToIPAddress() is { } address
                ? new IPEndPoint(address, _endpoint.Port)
                : new DnsEndPoint(_endpoint.Address.ToString(), _endpoint.Port);
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Done here and not left to the handler, so that a handshake that hangs falls under the connect limit too.
    private async ValueTask<Stream> SecureAsync(Stream stream, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = TargetHost(request), ApplicationProtocols = Protocols(request) };
        _settings.ConfigureTls?.Invoke(options);
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // As the framework's handler does: a Host header decides before the URL.
    private static string TargetHost(HttpRequestMessage request)
    {
        var host = request.Headers.Host;
        if (host is null)
        {
            return request.RequestUri!.IdnHost;
        }

        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? host[..colon] : host;
    }

    private static List<SslApplicationProtocol> Protocols(HttpRequestMessage request) =>
        request.Version.Major >= 2
            ? request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower ? Http2OrHttp11 : Http2Only
            : request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher ? Http2OrHttp11 : Http11Only;
}
