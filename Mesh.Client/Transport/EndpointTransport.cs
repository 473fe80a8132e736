using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Transport;

/// <summary>
/// The connections to one endpoint. Host, SNI and certificate check show the service, whatever is dialled, and the pool goes when the endpoint goes, while bodies under way finish.
/// </summary>
internal partial class EndpointTransport(EndpointState endpoint, TransportSettings settings, TransportContext context) : ConnectionPool(settings, context), IRequestTransport
{
    private static readonly List<SslApplicationProtocol> Http11Only = [SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> Http2Only = [SslApplicationProtocol.Http2];
    private static readonly List<SslApplicationProtocol> Http2OrHttp11 = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly EndpointState _endpoint = endpoint;
    private readonly TransportContext _context = context;

    protected override string Where => $"{_endpoint.Address}:{_endpoint.Port} in {(_endpoint.Cluster.IsNone ? "no cluster" : $"cluster '{_endpoint.Cluster}'")}";

    public Task<HttpResponseMessage> DispatchAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken) => DispatchAsync(request, cancellationToken);

    public Task<HttpResponseMessage> DispatchOnceAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken) => DispatchOnceAsync(request, cancellationToken);

    public void OnEjected() => FreeWaiting();

    protected override Action BeginConnect() => _endpoint.BeginConnect().Failed;

    protected override ValueTask<Stream> DialAsync(CancellationToken cancellationToken) => Dialing.DialAsync(_endpoint, Settings, cancellationToken);

    protected override ValueTask<Stream> SecureAsync(Stream stream, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeWss))
        {
            return BeginTlsAsync(stream, request, cancellationToken);
        }

        return Protocols(request) == Http2Only ? Http2Opening.OpenAsync(stream, cancellationToken) : ValueTask.FromResult(stream);
    }

    protected override void TellUnreachable(string reason)
    {
        _context.Conditions.Add(ClientConditions.EndpointUnreachable, _endpoint.Cluster, 1);
        Log.Unreachable(_context.Logger, _endpoint.Service, _endpoint.Address, _endpoint.Port, _endpoint.Cluster, reason);
    }

    protected override void TellReachable()
    {
        _context.Conditions.Add(ClientConditions.EndpointUnreachable, _endpoint.Cluster, -1);
        Log.Reachable(_context.Logger, _endpoint.Service, _endpoint.Address, _endpoint.Port, _endpoint.Cluster);
    }

    protected override void TellEnded()
    {
        _context.Conditions.Add(ClientConditions.EndpointUnreachable, _endpoint.Cluster, -1);
        Log.Gone(_context.Logger, _endpoint.Service, _endpoint.Address, _endpoint.Port, _endpoint.Cluster);
    }

    // Done here and not left to the handler, so that a handshake that hangs falls under the connect limit too.
    private async ValueTask<Stream> BeginTlsAsync(Stream stream, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = TargetHost(request), ApplicationProtocols = Protocols(request) };
        Settings.ConfigureTls?.Invoke(options);
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

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Warning, "An endpoint of {Service} cannot be connected to: {Address}:{Port} in cluster '{Cluster}'. Requests go elsewhere. {Reason}")]
        public static partial void Unreachable(ILogger logger, ServiceName service, EndpointAddress address, int port, ClusterId cluster, string reason);

        [LoggerMessage(1311, LogLevel.Information, "An endpoint of {Service} can be connected to again: {Address}:{Port} in cluster '{Cluster}'.")]
        public static partial void Reachable(ILogger logger, ServiceName service, EndpointAddress address, int port, ClusterId cluster);

        [LoggerMessage(1316, LogLevel.Information, "An endpoint of {Service} that could not be connected to is gone: {Address}:{Port} in cluster '{Cluster}'.")]
        public static partial void Gone(ILogger logger, ServiceName service, EndpointAddress address, int port, ClusterId cluster);
    }
}
