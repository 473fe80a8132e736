using k8s;

namespace Mesh.Connection;

/// <summary>How an API server is reached.</summary>
/// <param name="Configuration">The client library's settings.</param>
internal sealed record ConnectionSettings(KubernetesClientConfiguration Configuration)
{
    /// <summary>Whether answers may come compressed.</summary>
    public bool AllowCompression { get; init; } = true;
}
