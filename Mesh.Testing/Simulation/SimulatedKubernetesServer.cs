using System.Text;
using Mesh.Simulation;

namespace Mesh;

/// <summary>
/// A small Kubernetes API server in this process: real HTTP and real watch streams on a loopback port, started in milliseconds. It does what
/// watchers, connectors and operators rely on, and answers 501 to the rest. Not simulated: controllers (nobody makes EndpointSlices from Pods),
/// admission, protobuf and tables, pruning of unknown fields of built-in types, CEL rules of CRDs.
/// </summary>
public sealed class SimulatedKubernetesServer : IKubernetesServer
{
    private readonly SemaphoreSlim _running = new(1);
    private readonly IdentityStore _identities;
    private readonly ServerCertificates _certificates;
    private readonly KestrelHost _host;
    private bool _disposed;

    /// <summary>Makes a server with its own authority and the objects of a new cluster. It does not listen before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Default: all defaults.</param>
    public SimulatedKubernetesServer(SimulatedServerOptions? options = null)
    {
        options ??= new SimulatedServerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HistoryLimit, 16);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, 65535);
        Version = options.Version;
        Authority = new TestCertificateAuthority("simulated kubernetes ca", options.Time);
        _identities = new IdentityStore(Authority, options.Time);
        _certificates = new ServerCertificates(Authority);
        var resources = new BuiltInResources();
        var catalog = new ServedCatalog(resources.Catalog(options.MultiClusterServices));
        var watches = new WatchRegistry();
        var custom = new CustomResources(catalog, resources, watches, options.Time);
        var store = new ObjectStore(options.HistoryLimit);
        var creation = new Creation(store, resources, custom, options.Time, new GeneratedNames(options.Seed));
        var deletion = new Deletion(store, catalog, custom, resources, options.Time);
        var updating = new Updating(store, creation, deletion, custom, resources, options.Time);
        var plan = new FaultPlan(options.Time);
        Faults = new SimulatedServerFaults(plan, store, watches, _identities, _certificates);
        Seed.Plant(creation, resources);
        var requests = new ResourceRequests(
            catalog, store, new Lister(store), creation, updating, new Applying(store, creation, updating, options.Time), deletion, new WatchRequests(store, watches, plan, options.Time),
            new TokenRequests(store, resources, _identities, options.Time), plan);
        var api = new ApiServer(_identities, new Authorizer(store, resources), new DiscoveryDocuments(catalog, Version), requests, plan);
        _host = new KestrelHost(_certificates, api.HandleAsync, options.Port);
    }

    /// <inheritdoc/>
    public string Version { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public Uri Address => _host.Port == 0
        ? throw new InvalidOperationException("The simulated server has no address before its first StartAsync.")
        : new Uri($"https://127.0.0.1:{_host.Port}");

    /// <inheritdoc/>
    public KubernetesServerCapabilities Capabilities =>
        KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.WatchList | KubernetesServerCapabilities.FaultHooks;

    /// <summary>The authority of its certificate and of its client certificates.</summary>
    public TestCertificateAuthority Authority { get; }

    /// <summary>What can go wrong with it.</summary>
    public SimulatedServerFaults Faults { get; }

    /// <inheritdoc/>
    /// <remarks>The identity presents a bearer token.</remarks>
    public string GetKubeconfig(string identity = "admin") => Kubeconfig(identity, $"token: {_identities.TokenOf(identity)}");

    /// <summary>A kubeconfig whose identity presents a client certificate.</summary>
    /// <param name="identity">The user name; <c>admin</c> may do everything.</param>
    public string GetCertificateKubeconfig(string identity = "admin")
    {
        using var certificate = Authority.IssueClient(identity, IdentityStore.GroupsOf(identity));
        return Kubeconfig(
            identity,
            $"client-certificate-data: {Base64(certificate.CertificatePem)}\n    client-key-data: {Base64(certificate.KeyPem)}");
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _host.StopAsync(keepPort: true).ConfigureAwait(false);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _host.DisposeAsync().ConfigureAwait(false);
        _certificates.Dispose();
        Authority.Dispose();
        _running.Dispose();
    }

    private string Kubeconfig(string identity, string credential) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: simulated
          cluster:
            server: {Address.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Base64(Authority.CertificatePem)}
        users:
        - name: "{identity}"
          user:
            {credential}
        contexts:
        - name: simulated
          context:
            cluster: simulated
            user: "{identity}"
        current-context: simulated

        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
