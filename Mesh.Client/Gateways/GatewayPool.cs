using System.Collections.Immutable;
using Mesh.Telemetry;
using Mesh.Transport;
using Microsoft.Extensions.Logging;

namespace Mesh.Gateways;

/// <summary>
/// The connections to one address of a cluster's gateway, shared by all services that are reached through it. A connection that fails is told to each of them: it is the gateway that failed,
/// whoever asked for it.
/// </summary>
internal partial class GatewayPool : ConnectionPool
{
    // A gateway that falls silent with requests on its connections is noticed by its own silence: nothing else would end them.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    private readonly IdentityFiles _identity;
    private readonly TransportContext _context;
    private ImmutableArray<EndpointState> _endpoints = [];

    public GatewayPool(GatewayKey key, IdentityFiles identity, TransportContext context)
        : base(key.Settings, context)
    {
        Key = key;
        _identity = identity;
        _context = context;
        Handler.KeepAlivePingTimeout = PingTimeout;
        if (key.Settings.KeepAlivePingDelay == Timeout.InfiniteTimeSpan)
        {
            Handler.KeepAlivePingDelay = PingDelay;
        }
    }

    public GatewayKey Key { get; }

    public bool IsInUse => !_endpoints.IsEmpty;

    /// <summary>What the gateway is called, as SNI and authority.</summary>
    public string Authority => GatewayHandshake.NameOf(Key.Cluster, _identity.TrustDomain);

    protected override string Where => $"gateway {Key.Address}:{Key.Port} of cluster '{Key.Cluster}'";

    /// <summary>Adds a service's view of the gateway. Not for several threads at once, as <see cref="Remove"/>.</summary>
    public void Add(EndpointState endpoint) => _endpoints = _endpoints.Add(endpoint);

    public void Remove(EndpointState endpoint) => _endpoints = _endpoints.Remove(endpoint);

    protected override Action BeginConnect()
    {
        var attempts = _endpoints.ToArray().Distinct().Select(static e => e.BeginConnect()).ToArray();
        return () => Array.ForEach(attempts, static a => a.Failed());
    }

    protected override ValueTask<Stream> DialAsync(CancellationToken cancellationToken) =>
        _endpoints is [var any, ..]
            ? Dialing.DialAsync(any, Settings, cancellationToken)
            : throw new ObjectDisposedException(nameof(GatewayPool), "No service is reached through the gateway any more.");

    protected override async ValueTask<Stream> SecureAsync(Stream stream, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credentials = _identity.Current;
        var secure = new GatewayStream(stream);
        try
        {
            await new GatewayHandshake(credentials, Key.Cluster, _context.TimeProvider).SecureAsync(secure, cancellationToken).ConfigureAwait(false);
            try
            {
                await secure.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                var own = string.Join(", ", SpiffeNames.Of(credentials.Own.TargetCertificate));
                throw new IOException($"it ended the connection right after the handshake; it may not accept this process's certificate ({own}, valid until {credentials.Own.TargetCertificate.NotAfter.ToUniversalTime():u}): {e.Message}", e);
            }

            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    protected override TimeSpan ConnectTimeoutOf(HttpRequestMessage request) => request.Options.TryGetValue(GatewayRequest.ConnectTimeout, out var time) ? time : Settings.ConnectTimeout;

    protected override void TellUnreachable(string reason)
    {
        _context.Conditions.Add(ClientConditions.GatewayUnreachable, Key.Cluster, 1);
        Log.Unreachable(_context.Logger, Key.Address, Key.Port, Key.Cluster, reason);
    }

    protected override void TellReachable()
    {
        _context.Conditions.Add(ClientConditions.GatewayUnreachable, Key.Cluster, -1);
        Log.Reachable(_context.Logger, Key.Address, Key.Port, Key.Cluster);
    }

    protected override void TellEnded()
    {
        _context.Conditions.Add(ClientConditions.GatewayUnreachable, Key.Cluster, -1);
        Log.Gone(_context.Logger, Key.Address, Key.Port, Key.Cluster);
    }

    private static partial class Log
    {
        [LoggerMessage(1312, LogLevel.Warning, "A gateway of cluster '{Cluster}' cannot be connected to: {Address}:{Port}. Requests go elsewhere. {Reason}")]
        public static partial void Unreachable(ILogger logger, EndpointAddress address, int port, ClusterId cluster, string reason);

        [LoggerMessage(1313, LogLevel.Information, "A gateway of cluster '{Cluster}' can be connected to again: {Address}:{Port}.")]
        public static partial void Reachable(ILogger logger, EndpointAddress address, int port, ClusterId cluster);

        [LoggerMessage(1317, LogLevel.Information, "A gateway of cluster '{Cluster}' that could not be connected to is gone, or nobody is reached through it any more: {Address}:{Port}.")]
        public static partial void Gone(ILogger logger, EndpointAddress address, int port, ClusterId cluster);
    }
}
