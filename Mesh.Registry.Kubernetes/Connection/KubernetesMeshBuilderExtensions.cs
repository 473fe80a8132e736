using k8s;
using Mesh;
using Mesh.Connection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Kubernetes clusters to a mesh.</summary>
public static class KubernetesMeshBuilderExtensions
{
    /// <summary>
    /// Watches a cluster: with the pod's own credentials where the process runs in one and nothing else is said, else by a kubeconfig. Settings are
    /// checked when the host starts.
    /// </summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="name">The cluster's name, a DNS label, unique in the mesh.</param>
    public static IMeshBuilder AddKubernetesCluster(this IMeshBuilder builder, string name) => KubernetesClusterServices.Add(builder, name, null, null, null);

    /// <inheritdoc cref="AddKubernetesCluster(IMeshBuilder, string)"/>
    /// <param name="builder">The mesh.</param>
    /// <param name="name">The cluster's name, a DNS label, unique in the mesh.</param>
    /// <param name="configure">Its settings.</param>
    public static IMeshBuilder AddKubernetesCluster(this IMeshBuilder builder, string name, Action<KubernetesClusterOptions>? configure) =>
        KubernetesClusterServices.Add(builder, name, null, null, configure);

    /// <summary>
    /// Watches a cluster over a client of the application's own, which is used as it is and never disposed: its credentials are not renewed, and with
    /// the authority of a kubeconfig the client library does not check the server's host name. By settings both are done.
    /// </summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="name">The cluster's name, a DNS label, unique in the mesh.</param>
    /// <param name="client">The client: a <see cref="Kubernetes"/>.</param>
    /// <param name="configure">Its settings but those of the connection. Default: none.</param>
    /// <exception cref="ArgumentException"><paramref name="client"/> is not a <see cref="Kubernetes"/>, so it has no connection to watch over.</exception>
    public static IMeshBuilder AddKubernetesCluster(this IMeshBuilder builder, string name, IKubernetes client, Action<KubernetesClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client is Kubernetes own
            ? KubernetesClusterServices.Add(builder, name, null, own, configure)
            : throw new ArgumentException($"Cluster '{DnsLabel.Printable(name)}': {client.GetType().Name} is no {typeof(Kubernetes)}; hand over the client itself, not a substitute.", nameof(client));
    }
}
