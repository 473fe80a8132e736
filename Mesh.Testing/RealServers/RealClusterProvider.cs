using Mesh.RealServers;

namespace Mesh;

/// <summary>
/// Starts real control planes without nodes: etcd, kube-apiserver and, where present, kube-controller-manager, each cluster
/// with its own authority, ports and folder. The programs are found by the variable <c>KUBEBUILDER_ASSETS</c>: one folder
/// (its sibling folders are offered too) or several separated by <c>:</c>. A cluster is ready in about 3 s and takes 0.6 GB.
/// </summary>
public sealed class RealClusterProvider : IClusterProvider
{
    private const int Attempts = 3;

    private readonly KubernetesBinaries? _binaries;
    private readonly RealClusterOptions _options;

    private RealClusterProvider(string name, KubernetesBinaries? binaries, string? reason, RealClusterOptions options) =>
        (Name, _binaries, UnavailableReason, _options) = (name, binaries, reason, options);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? UnavailableReason { get; }

    /// <summary>The git version of its API server, such as <c>v1.37.2</c>; <see langword="null"/> where the provider is not available.</summary>
    public string? Version => _binaries?.Version.Text;

    /// <summary>
    /// One provider per version on this machine, newest first, and one that is not available, with its reason, for each
    /// folder that was named but cannot be used. Never empty.
    /// </summary>
    public static IReadOnlyList<RealClusterProvider> Discover() => Discover(Environment.GetEnvironmentVariable(KubernetesAssets.Variable));

    /// <summary>The provider of a version, such as <c>1.30</c> or <c>v1.30.14</c>; one that is not available, with its reason, where there is none.</summary>
    public static RealClusterProvider ForVersion(string version)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        return ForVersion(version, Environment.GetEnvironmentVariable(KubernetesAssets.Variable));
    }

    internal static IReadOnlyList<RealClusterProvider> Discover(string? assets)
    {
        var (found, problems) = KubernetesAssets.Find(assets);
        var shortNames = found.CountBy(binaries => binaries.Version.Short).ToDictionary();
        return
        [
            .. found.Select(binaries => new RealClusterProvider(
                "real " + (shortNames[binaries.Version.Short] == 1 ? binaries.Version.Short : binaries.Version.Text.TrimStart('v')), binaries, null, new RealClusterOptions())),
            .. problems.Select(problem => new RealClusterProvider("real", null, problem, new RealClusterOptions())),
        ];
    }

    internal static RealClusterProvider ForVersion(string version, string? assets)
    {
        var all = Discover(assets);
        if (all.FirstOrDefault(provider => provider._binaries?.Version.Matches(version) == true) is { } match) return match;
        var versions = string.Join(", ", all.Select(provider => provider.Version).OfType<string>());
        var problems = string.Join(' ', all.Select(provider => provider.UnavailableReason).OfType<string>());
        var reason = versions.Length == 0
            ? $"No kube-apiserver {version} on this machine. {problems}"
            : $"No kube-apiserver {version} among the folders of {KubernetesAssets.Variable}, only {versions}. {problems}".TrimEnd();
        return new RealClusterProvider("real " + version, null, reason, new RealClusterOptions());
    }

    /// <summary>The same provider with other settings.</summary>
    public RealClusterProvider With(RealClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new RealClusterProvider(Name, _binaries, UnavailableReason, options);
    }

    /// <inheritdoc cref="IClusterProvider.StartAsync"/>
    /// <exception cref="ServerStartException">A process did not start; nothing of it is left behind.</exception>
    public async Task<RealKubernetesServer> StartAsync(string cluster, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        if (_binaries is null) throw new InvalidOperationException(UnavailableReason);
        for (var attempt = 1; ; attempt++)
        {
            var server = new RealKubernetesServer(cluster, _binaries, _options);
            try
            {
                await server.StartAsync(cancellationToken).ConfigureAwait(false);
                return server;
            }
            catch (Exception e)
            {
                await server.DisposeAsync().ConfigureAwait(false);

                // Only where a port cannot be held until it is used (not on Linux) is this more than a theory.
                var portTaken = e is ServerStartException && e.Message.Contains("address already in use", StringComparison.Ordinal);
                if (!portTaken || attempt == Attempts) throw;
            }
        }
    }

    async Task<IKubernetesServer> IClusterProvider.StartAsync(string cluster, CancellationToken cancellationToken) =>
        await StartAsync(cluster, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
