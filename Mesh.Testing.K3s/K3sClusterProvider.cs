using Mesh.Docker;

namespace Mesh;

/// <summary>
/// Starts K3s in Docker, one container for each cluster, by way of Testcontainers. What it starts ends with the server, or, where the test
/// host was killed, a moment after it: a shell process that outlives the host removes the container, by the <c>docker</c> command or
/// <c>curl</c> (on Windows, Testcontainers' own reaper does it).
/// </summary>
public sealed class K3sClusterProvider : IClusterProvider
{
    private readonly K3sClusterOptions _options;
    private readonly Lazy<string?> _unavailable;

    /// <summary>Makes a provider.</summary>
    /// <param name="options">Default: all defaults.</param>
    public K3sClusterProvider(K3sClusterOptions? options = null)
    {
        _options = options ?? new K3sClusterOptions();
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.Image);
        Name = ImageTag.Version(_options.Image) is { } version ? "k3s " + version : "k3s";
        _unavailable = new Lazy<string?>(() => DockerEndpoint.WhyUnavailable(_options));
    }

    /// <summary><inheritdoc/> Here <c>k3s 1.34</c>, by the image's tag.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>Docker is asked once, at the first use.</remarks>
    public string? UnavailableReason => _unavailable.Value;

    /// <inheritdoc cref="IClusterProvider.StartAsync"/>
    /// <exception cref="ServerStartException">The container or the server in it did not start; nothing of it is left behind.</exception>
    public async Task<K3sKubernetesServer> StartAsync(string cluster, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        if (UnavailableReason is { } reason) throw new InvalidOperationException(reason);
        var container = new ServerContainer(cluster, DockerEndpoint.Find(_options)!, _options);
        try
        {
            return await container.RunAsync(token => K3sKubernetesServer.ConnectAsync(cluster, container, _options, token), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await container.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task<IKubernetesServer> IClusterProvider.StartAsync(string cluster, CancellationToken cancellationToken) =>
        await StartAsync(cluster, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
