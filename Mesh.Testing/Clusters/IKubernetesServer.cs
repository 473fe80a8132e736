namespace Mesh;

/// <summary>
/// One Kubernetes API server under test, simulated or real. Its state outlives <see cref="StopAsync"/>: a later
/// <see cref="StartAsync"/> answers on the same address with the same objects and the same identities.
/// Disposing ends it for good and leaves nothing behind.
/// </summary>
public interface IKubernetesServer : IAsyncDisposable
{
    /// <summary>The git version it reports, such as <c>v1.37.2</c>.</summary>
    string Version { get; }

    /// <summary>Where it listens: scheme, loopback address and port. Does not change over a restart.</summary>
    Uri Address { get; }

    /// <summary>What this server can do beyond the common ground.</summary>
    KubernetesServerCapabilities Capabilities { get; }

    /// <summary>
    /// A self-contained kubeconfig (YAML; certificates and tokens inline) for one identity.
    /// </summary>
    /// <param name="identity">
    /// A user name: <c>admin</c> (may do everything) always exists; any other name is made on first use and may do only
    /// what RBAC objects grant to that user.
    /// </param>
    string GetKubeconfig(string identity = "admin");

    /// <summary>Starts it, or starts it again after <see cref="StopAsync"/>. Returns when it answers <c>/readyz</c>.</summary>
    Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops answering: connections are reset, new ones refused. Objects are kept. Does nothing when stopped.</summary>
    Task StopAsync(CancellationToken cancellationToken = default);
}
