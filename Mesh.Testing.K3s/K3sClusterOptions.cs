namespace Mesh;

/// <summary>How a <see cref="K3sClusterProvider"/> starts its servers.</summary>
public sealed record K3sClusterOptions
{
    /// <summary>The environment variable that names the image of providers that are told none.</summary>
    public const string ImageVariable = "MESH_TEST_K3S_IMAGE";

    /// <summary>The image, with its tag. Default: that of the variable <c>MESH_TEST_K3S_IMAGE</c>, else <c>rancher/k3s:v1.34.1-k3s1</c>.</summary>
    public string Image { get; init; } = Environment.GetEnvironmentVariable(ImageVariable) is { Length: > 0 } named ? named : "rancher/k3s:v1.34.1-k3s1";

    /// <summary>Whether an image that Docker lacks is pulled at the first start. Off by default: without its image the provider is not available, and says so.</summary>
    public bool PullMissingImage { get; init; }

    /// <summary>
    /// Runs the agent too, so that pods really run; this takes a privileged container. Off by default: the control plane alone, unprivileged,
    /// is what worlds need whose nodes and pods are written by a <see cref="MeshFixture"/>.
    /// </summary>
    public bool Agent { get; init; }

    /// <summary>Further arguments of <c>k3s server</c>, such as <c>--kube-apiserver-arg=goaway-chance=0.01</c>. None by default.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The Docker endpoint, such as <c>unix:///var/run/docker.sock</c>. Default: what Testcontainers finds (its own settings, <c>DOCKER_HOST</c>, the usual sockets).</summary>
    public Uri? DockerEndpoint { get; init; }

    /// <summary>How long a start may take before it is an error. Default: 3 minutes; an idle machine takes 6 to 9 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(3);
}
