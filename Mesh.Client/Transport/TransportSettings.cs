using System.Net;
using System.Net.Security;

namespace Mesh.Transport;

/// <summary>
/// What tells transports to one endpoint apart, by value: clients with equal settings share connections. The hash is kept, since it is asked for with each request.
/// </summary>
internal sealed class TransportSettings : IEquatable<TransportSettings>
{
    private readonly Values _values;
    private readonly int _hash;

    public TransportSettings(MeshTransportOptions options, TimeSpan connectTimeout)
        : this(new Values(
            options.Dial,
            options.ConfigureTls,
            options.Credentials,
            options.PooledConnectionLifetime,
            options.PooledConnectionIdleTimeout,
            options.MaxConnectionsPerEndpoint,
            options.KeepAlivePingDelay,
            connectTimeout))
    {
    }

    private TransportSettings(Values values)
    {
        _values = values;
        _hash = values.GetHashCode();
    }

    public Func<EndpointState, CancellationToken, ValueTask<Stream>>? Dial => _values.Dial;

    public Action<SslClientAuthenticationOptions>? ConfigureTls => _values.ConfigureTls;

    public ICredentials? Credentials => _values.Credentials;

    public TimeSpan PooledConnectionLifetime => _values.Lifetime;

    public TimeSpan PooledConnectionIdleTimeout => _values.IdleTimeout;

    public int MaxConnectionsPerEndpoint => _values.MaxConnections;

    public TimeSpan KeepAlivePingDelay => _values.PingDelay;

    public TimeSpan ConnectTimeout => _values.ConnectTimeout;

    /// <summary>What of it matters to gateways, whose TLS is the mesh's own: services with other connect limits share their connections all the same.</summary>
    public TransportSettings ForGateways() => new(_values with { ConfigureTls = null, Credentials = null, ConnectTimeout = TimeSpan.Zero });

    public TransportSettings With(TimeSpan connectTimeout) => new(_values with { ConnectTimeout = connectTimeout });

    public bool Equals(TransportSettings? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _values.Equals(other._values));

    public override bool Equals(object? obj) => Equals(obj as TransportSettings);

    public override int GetHashCode() => _hash;

    private sealed record Values(
        Func<EndpointState, CancellationToken, ValueTask<Stream>>? Dial,
        Action<SslClientAuthenticationOptions>? ConfigureTls,
        ICredentials? Credentials,
        TimeSpan Lifetime,
        TimeSpan IdleTimeout,
        int MaxConnections,
        TimeSpan PingDelay,
        TimeSpan ConnectTimeout);
}
