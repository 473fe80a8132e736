using System.Net;
using System.Net.Security;

namespace Mesh;

/// <summary>
/// How endpoints of services are connected to. What stands on a client's own primary handler (certificates, credentials, a proxy) is not used for services: set it here, for all
/// clients (<c>services.Configure&lt;MeshTransportOptions&gt;</c>) or for one (<c>ConfigureTransport</c>). Clients with equal settings share their connections.
/// </summary>
public sealed class MeshTransportOptions
{
    /// <summary>
    /// Opens the connection to an endpoint: a stream of bytes, before any TLS. It has the connect limit of the service's policy (<see cref="ServicePolicy.ConnectTimeout"/>) and
    /// must honour its token. Default: a TCP socket to the endpoint's address and port.
    /// </summary>
    public Func<EndpointState, CancellationToken, ValueTask<Stream>>? Dial { get; set; }

    /// <summary>
    /// Changes the TLS settings of one connection: client certificates, trust, protocols. The name that is sent and checked is the service's host, as in the URL. Called for
    /// each connection but those to gateways, whose TLS is that of <see cref="MeshOptions.Identity"/>. Default: none, the machine's trust.
    /// </summary>
    public Action<SslClientAuthenticationOptions>? ConfigureTls { get; set; }

    /// <summary>Credentials for backends that ask for them by 401. Default: none.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>How long a connection may be used; then it is closed after its last request. Default: 5 min; 1 s to 1 day.</summary>
    public TimeSpan PooledConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a connection may lie idle. Default: 1 min; 1 s to 1 day.</summary>
    public TimeSpan PooledConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many HTTP/1.1 connections one endpoint may have. Default: no limit; at least 1.</summary>
    public int MaxConnectionsPerEndpoint { get; set; } = int.MaxValue;

    /// <summary>
    /// After how long a silence an HTTP/2 connection with open requests is pinged; without an answer within 20 s it is closed. Default:
    /// <see cref="Timeout.InfiniteTimeSpan"/>, never, since many servers refuse frequent pings; else 1 s to 1 day.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = Timeout.InfiniteTimeSpan;
}
