using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Mesh.Transport;

/// <summary>
/// The connections to one address: a small handler of its own whose every connection is dialled there, whatever the URL says. What is dialled, and whom a failure is told, is the derived
/// class's.
/// </summary>
internal abstract class ConnectionPool : DelegatingHandler
{
    private const int Reachable = 0;
    private const int Unreachable = 1;
    private const int Ended = 2;

    private readonly TransportContext _context;
    private readonly ConnectGate _gate = new();
    private int _state;

    protected ConnectionPool(TransportSettings settings, TransportContext context)
        : base(CreateHandler(settings, context, out var handler))
    {
        _context = context;
        handler.ConnectCallback = ConnectAsync;
        Settings = settings;
        Handler = handler;
    }

    /// <summary>The connections that are ready.</summary>
    public ConnectionCount Connections { get; } = new();

    /// <summary>Sends a request. Throws <see cref="ObjectDisposedException"/> where the endpoint is gone: nothing was sent.</summary>
    public Task<HttpResponseMessage> DispatchAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _gate.IsFailing ? DispatchKnownAsync(request, cancellationToken) : SendAsync(request, cancellationToken);

    /// <summary>
    /// As <see cref="DispatchAsync"/>, for a request that must not run twice: where it was written to a connection that then closed, it is written to no other one, and a failure to make another one is
    /// not told as <see cref="ConnectFailedException"/>, since the endpoint may have run it.
    /// </summary>
    public async Task<HttpResponseMessage> DispatchOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var mark = new WriteMark(request);
        mark.Flow();
        try
        {
            return await DispatchAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (mark.IsSet && ConnectFailedException.Find(e) is { } failure)
        {
            throw MayHaveRun($", and no other could be made ({failure.Message.TrimEnd('.')})");
        }
        catch (Exception) when (mark.WasRefused)
        {
            throw MayHaveRun("");
        }
    }

    /// <summary>Cancels every request that waits for a connection now, so that it is picked again: here too where nobody else is left, unless it is connections that fail.</summary>
    public void FreeWaiting() => _gate.FreeWaiting(mayComeBack: Volatile.Read(ref _state) != Unreachable);

    /// <summary>What tells it from other pools to the same address.</summary>
    protected TransportSettings Settings { get; }

    /// <summary>The handler, to be set up by the derived class.</summary>
    protected SocketsHttpHandler Handler { get; }

    /// <summary>What is dialled, for messages: <c>10.0.0.1:8080 in cluster 'alpha'</c>.</summary>
    protected abstract string Where { get; }

    /// <summary>Begins a connection; what is returned tells that it failed.</summary>
    protected abstract Action BeginConnect();

    /// <summary>Opens the connection.</summary>
    protected abstract ValueTask<Stream> DialAsync(CancellationToken cancellationToken);

    /// <summary>Makes a connection ready for the request that it is opened for: TLS, the beginning of HTTP/2. Whoever waits meanwhile has not been sent.</summary>
    protected abstract ValueTask<Stream> SecureAsync(Stream stream, HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>How long a connection for this request may take to be ready.</summary>
    protected virtual TimeSpan ConnectTimeoutOf(HttpRequestMessage request) => Settings.ConnectTimeout;

    /// <summary>Connections fail from now on.</summary>
    protected abstract void TellUnreachable(string reason);

    /// <summary>They succeed again.</summary>
    protected abstract void TellReachable();

    /// <summary>There are none any more, and the last failed.</summary>
    protected abstract void TellEnded();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Close();
            if (Interlocked.Exchange(ref _state, Ended) == Unreachable)
            {
                TellEnded();
            }
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
            ActivityHeadersPropagator = new TracePropagator(DistributedContextPropagator.Current),
        };

    private static HttpRequestException MayHaveRun(string also)
    {
        var why = $"it was sent on a connection that closed before the answer{also}. Since it may have run, it is not sent again.";
        return new HttpRequestException(HttpRequestError.ResponseEnded, why, new IOException(why, new SocketException((int)SocketError.ConnectionReset)));
    }

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
        var tellFailed = BeginConnect();
        using var dial = _gate.TryBegin(connection.InitialRequestMessage) ?? throw Abandoned(_gate.WasFreed);
        var time = ConnectTimeoutOf(connection.InitialRequestMessage);
        using var limit = new CancellationTokenSource(time, _context.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, dial.Abandoned);
        Stream? stream = null;
        try
        {
            var marked = new MarkedStream(await DialAsync(stop.Token).ConfigureAwait(false), Connections);
            stream = marked;
            stream = await SecureAsync(stream, connection.InitialRequestMessage, stop.Token).ConfigureAwait(false);
            marked.Open(isHttp2: stream is SslStream secure ? secure.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2 : !ReferenceEquals(stream, marked));
            dial.Succeed();
            if (Interlocked.CompareExchange(ref _state, Reachable, Unreachable) == Unreachable)
            {
                TellReachable();
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

            throw dial.TryFail() is { } others ? Failed(tellFailed, others, limit.IsCancellationRequested ? time : null, e) : Abandoned(dial.IsFreed);
        }
    }

    private ConnectFailedException Failed(Action tellFailed, IReadOnlyList<Dial> others, TimeSpan? limit, Exception e)
    {
        var failure = limit is { } time
            ? new ConnectFailedException($"{Where} did not accept a connection within {time.TotalSeconds:0.###} s.", new SocketException((int)SocketError.TimedOut))
            : new ConnectFailedException($"{Where} could not be connected to: {e.Message}", e);
        if (Interlocked.CompareExchange(ref _state, Unreachable, Reachable) == Reachable)
        {
            TellUnreachable(failure.Message);
        }

        // Told here, once, and before anybody who waits for it picks again.
        tellFailed();
        foreach (var other in others)
        {
            other.Abandon();
        }

        return failure;
    }

    private ConnectFailedException Abandoned(bool isFreed) => isFreed
        ? new($"{Where} was ejected before a connection to it was ready.", new SocketException((int)SocketError.ConnectionAborted)) { IsFreed = true }
        : new($"Another connection to {Where} has just failed, or the endpoint is gone.", new SocketException((int)SocketError.ConnectionAborted));
}
