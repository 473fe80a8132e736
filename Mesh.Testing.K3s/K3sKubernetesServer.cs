using System.Security.Cryptography.X509Certificates;
using Mesh.Docker;
using Mesh.RealServers;

namespace Mesh;

/// <summary>
/// K3s in a container, made by a <see cref="K3sClusterProvider"/>. It is reached by a loopback port of this process, and that is what
/// <see cref="StopAsync"/> closes: the container runs on, so that objects, authorities and users stay as they are, and pods with it, where
/// it has an agent. Thread-safe.
/// </summary>
public sealed class K3sKubernetesServer : IKubernetesServer
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ServerContainer _container;
    private readonly K3sClusterOptions _options;
    private readonly FaultProxy _way;
    private readonly TestCertificateAuthority _users;
    private readonly IdentityKubeconfigs _kubeconfigs;
    private readonly X509Certificate2 _authority;
    private readonly ServerProbe _probe;
    private bool _disposed;

    private K3sKubernetesServer(
        string cluster, ServerContainer container, K3sClusterOptions options, FaultProxy way, TestCertificateAuthority users, string authority)
    {
        (_container, _options, _way, _users) = (container, options, way, users);
        Address = new Uri($"https://{way.EndPoint}");
        _kubeconfigs = new IdentityKubeconfigs(cluster, Address, authority, users);
        _authority = X509Certificate2.CreateFromPem(authority);
        _probe = new ServerProbe(Address, _kubeconfigs.Administrator, _authority);
    }

    /// <inheritdoc/>
    public string Version { get; private set; } = "";

    /// <inheritdoc/>
    public Uri Address { get; }

    /// <inheritdoc/>
    public KubernetesServerCapabilities Capabilities { get; private set; }

    /// <summary>The name of its container, for <c>docker logs</c> and the like.</summary>
    public string ContainerName => _container.Name;

    /// <inheritdoc/>
    public string GetKubeconfig(string identity = "admin")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        return _kubeconfigs[identity];
    }

    /// <inheritdoc/>
    /// <exception cref="ServerStartException">It did not become ready in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _way.Link.Restore();
            using var bound = new CancellationTokenSource(_options.StartTimeout, TimeProvider.System);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
            try
            {
                await _probe.UntilReadyAsync(over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                _way.Link.Cut();
                throw new ServerStartException(await _container.DescribeAsync($"It did not answer within {_options.StartTimeout}.").ConfigureAwait(false), e);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_disposed) _way.Link.Cut();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes the container with all it has.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            await DisconnectAsync().ConfigureAwait(false);
            await _container.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Connects to the server in a container that runs, and returns when it is ready. The container is the server's from then on.</summary>
    internal static async Task<K3sKubernetesServer> ConnectAsync(
        string cluster, ServerContainer container, K3sClusterOptions options, CancellationToken cancellationToken)
    {
        var users = new TestCertificateAuthority($"mesh test users {cluster}");
        FaultProxy? way = null;
        K3sKubernetesServer? server = null;
        try
        {
            way = FaultProxy.Start(await container.EndPointAsync(cancellationToken).ConfigureAwait(false));
            var authority = await ServerTrust.AuthorityAsync(container, cancellationToken).ConfigureAwait(false);
            await ServerTrust.AddClientAuthorityAsync(container, users, cancellationToken).ConfigureAwait(false);
            server = new K3sKubernetesServer(cluster, container, options, way, users, authority);
            await server.GetReadyAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            if (server is not null) await server.DisconnectAsync().ConfigureAwait(false);
            else if (way is not null) await way.DisposeAsync().ConfigureAwait(false);
            if (server is null) users.Dispose();
            throw;
        }
    }

    private async Task GetReadyAsync(CancellationToken cancellationToken)
    {
        await _probe.UntilReadyAsync(cancellationToken).ConfigureAwait(false);
        await _probe.UntilDefaultAccountAsync(cancellationToken).ConfigureAwait(false);
        Version = await _probe.VersionAsync(cancellationToken).ConfigureAwait(false);
        Capabilities = KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.EndpointSliceController;
        if (await _probe.HasWatchListAsync(cancellationToken).ConfigureAwait(false)) Capabilities |= KubernetesServerCapabilities.WatchList;
    }

    private async Task DisconnectAsync()
    {
        _probe.Dispose();
        await _way.DisposeAsync().ConfigureAwait(false);
        _kubeconfigs.Dispose();
        _authority.Dispose();
        _users.Dispose();
    }
}
