using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Mesh.Transport;

/// <summary>
/// The connections to one endpoint: a small handler of its own whose every connection is dialled there, whatever the URL says. So Host, SNI and certificate check show the
/// service, and the pool goes when the endpoint goes, while bodies under way finish.
/// </summary>
internal sealed partial class EndpointTransport : DelegatingHandler, IEndpointTransport
{
    private readonly EndpointState _endpoint;
    private readonly TransportSettings _settings;
    private readonly TransportContext _context;
    private readonly ConnectGate _gate = new();
    private int _isUnreachable;

    public EndpointTransport(EndpointState endpoint, TransportSettings settings, TransportContext context)
        : base(CreateHandler(settings, context, out var handler))
    {
        _endpoint = endpoint;
        _settings = settings;
        _context = context;
        handler.ConnectCallback = ConnectAsync;
    }

    /// <summary>The connections that are ready.</summary>
    public ConnectionCount Connections { get; } = new();

    /// <summary>Sends a request. Throws <see cref="ObjectDisposedException"/> where the endpoint is gone: nothing was sent.</summary>
    public Task<HttpResponseMessage> DispatchAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _gate.IsFailing ? DispatchKnownAsync(request, cancellationToken) : SendAsync(request, cancellationToken);

    /// <summary>
    /// As <see cref="DispatchAsync"/>, for a request that must not run twice: where it was written to a connection that then closed, a failure to make another one is not told as
    /// <see cref="ConnectFailedException"/>, since the endpoint may have run it.
    /// </summary>
    public async Task<HttpResponseMessage> DispatchOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var mark = new WriteMark();
        mark.Flow();
        try
        {
            return await DispatchAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (mark.IsSet && ConnectFailedException.Find(e) is { } failure)
        {
            var why = $"it was sent on a connection that closed before the answer, and no other could be made ({failure.Message.TrimEnd('.')}). Since it may have run, it is not sent again.";
            throw new HttpRequestException(HttpRequestError.ResponseEnded, why, new IOException(why, new SocketException((int)SocketError.ConnectionReset)));
        }
    }

    public void OnEjected() => _gate.FreeWaiting();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Close();
        }

        base.Dispose(disposing);
    }

    private static SocketsHttpHandler CreateHandler(TransportSettings settings, TransportContext context, out SocketsHttpHandler handler) =>
        handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            Credentials = settings.Credentials,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = settings.PooledConnectionLifetime,
            PooledConnectionIdleTimeout = settings.PooledConnectionIdleTimeout,
            MaxConnectionsPerServer = settings.MaxConnectionsPerEndpoint,
            KeepAlivePingDelay = settings.KeepAlivePingDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            MeterFactory = context.MeterFactory,
        };

    private async Task<HttpResponseMessage> DispatchKnownAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _gate.Enter(request);
        try
        {
            return await SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave(request);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        var attempt = _endpoint.BeginConnect();
        using var dial = _gate.TryBegin(connection.InitialRequestMessage) ?? throw Abandoned();
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout, _context.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, dial.Abandoned);
        Stream? stream = null;
        try
        {
            var marked = new MarkedStream(await DialAsync(stop.Token).ConfigureAwait(false), Connections);
            stream = marked;
            if (connection.InitialRequestMessage.RequestUri is { } uri && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeWss))
            {
                stream = await SecureAsync(stream, connection.InitialRequestMessage, stop.Token).ConfigureAwait(false);
            }
            else if (Protocols(connection.InitialRequestMessage) == Http2Only)
            {
                stream = await Http2Opening.OpenAsync(stream, stop.Token).ConfigureAwait(false);
            }

            marked.Open();
            dial.Succeed();
            if (Interlocked.Exchange(ref _isUnreachable, 0) != 0)
            {
                Log.Reachable(_context.Logger, _endpoint.Service, _endpoint.Address, _endpoint.Port, _endpoint.Cluster);
            }

            return stream;
        }
        catch (Exception e)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw dial.TryFail() is { } others ? Failed(attempt, others, limit.IsCancellationRequested, e) : Abandoned();
        }
    }

    private ConnectFailedException Failed(in ConnectAttempt attempt, IReadOnlyList<Dial> others, bool timedOut, Exception e)
    {
        var failure = timedOut
            ? new ConnectFailedException($"{Where} did not accept a connection within {_settings.ConnectTimeout.TotalSeconds:0.###} s.", new SocketException((int)SocketError.TimedOut))
            : new ConnectFailedException($"{Where} could not be connected to: {e.Message}", e);
        if (Interlocked.Exchange(ref _isUnreachable, 1) == 0)
        {
            Log.Unreachable(_context.Logger, _endpoint.Service, _endpoint.Address, _endpoint.Port, _endpoint.Cluster, failure.Message);
        }

        // Told here, once, and before anybody who waits for it picks again.
        attempt.Failed();
        foreach (var other in others)
        {
            other.Abandon();
        }

        return failure;
    }

    private string Where => $"{_endpoint.Address}:{_endpoint.Port} in {(_endpoint.Cluster.IsNone ? "no cluster" : $"cluster '{_endpoint.Cluster}'")}";

    private ConnectFailedException Abandoned() =>
        new($"Another connection to {Where} has just failed, or the endpoint is gone.", new SocketException((int)SocketError.ConnectionAborted));

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Warning, "An endpoint of {Service} cannot be connected to: {Address}:{Port} in cluster '{Cluster}'. Requests go elsewhere. {Reason}")]
        public static partial void Unreachable(ILogger logger, ServiceName service, EndpointAddress address, int port, ClusterId cluster, string reason);

        [LoggerMessage(1311, LogLevel.Information, "An endpoint of {Service} can be connected to again: {Address}:{Port} in cluster '{Cluster}'.")]
        public static partial void Reachable(ILogger logger, ServiceName service, EndpointAddress address, int port, ClusterId cluster);
    }
}
