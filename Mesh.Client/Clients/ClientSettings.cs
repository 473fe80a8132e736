using Mesh.Transport;

namespace Mesh.Clients;

/// <summary>What one client asked for, made once per name: routes and transports are told apart by these objects, and handlers come and go.</summary>
internal sealed class ClientSettings(string name, MeshClientOptions options, MeshTransportOptions shared)
{
    private int _warned;

    public string Name => name;

    public bool IsEnabled { get; } = options.Policy.Enabled ?? true;

    /// <summary>The client's own policy, or <see langword="null"/> where it says nothing.</summary>
    public ServicePolicy? Policy { get; } = options.Policy.ToPolicy() is var policy && policy == ServicePolicy.Empty ? null : policy;

    public TransportSettings Transport { get; } = new(Apply(options, shared), options.Policy.ConnectTimeout ?? TimeSpan.FromSeconds(1));

    /// <summary>Whether this is the first time that the client's primary handler is to be warned about.</summary>
    public bool TakeWarning() => Interlocked.Exchange(ref _warned, 1) == 0;

    /// <summary>The settings of all clients with the client's changes.</summary>
    public static MeshTransportOptions Apply(MeshClientOptions options, MeshTransportOptions shared)
    {
        var own = new MeshTransportOptions
        {
            Dial = shared.Dial,
            ConfigureTls = shared.ConfigureTls,
            Credentials = shared.Credentials,
            PooledConnectionLifetime = shared.PooledConnectionLifetime,
            PooledConnectionIdleTimeout = shared.PooledConnectionIdleTimeout,
            MaxConnectionsPerEndpoint = shared.MaxConnectionsPerEndpoint,
            KeepAlivePingDelay = shared.KeepAlivePingDelay,
        };
        foreach (var change in options.Transport)
        {
            change(own);
        }

        return own;
    }
}
