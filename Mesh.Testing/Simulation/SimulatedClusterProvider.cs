namespace Mesh;

/// <summary>Simulated API servers: available everywhere, ready in milliseconds, with fault hooks.</summary>
public sealed class SimulatedClusterProvider : IClusterProvider
{
    private readonly Func<string, SimulatedServerOptions> _options;

    /// <summary>Makes a provider.</summary>
    /// <param name="options">The options for the cluster of a name. Default: all defaults.</param>
    public SimulatedClusterProvider(Func<string, SimulatedServerOptions>? options = null) =>
        _options = options ?? (static _ => new SimulatedServerOptions());

    /// <inheritdoc/>
    public string Name => "simulated";

    /// <inheritdoc/>
    public string? UnavailableReason => null;

    /// <inheritdoc/>
    public async Task<IKubernetesServer> StartAsync(string cluster, CancellationToken cancellationToken = default)
    {
        var server = new SimulatedKubernetesServer(_options(cluster));
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        return server;
    }
}
