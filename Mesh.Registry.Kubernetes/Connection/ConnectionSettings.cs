using System.Net;
using k8s;

namespace Mesh.Connection;

/// <summary>How an API server is reached.</summary>
/// <param name="Configuration">The client library's settings.</param>
internal sealed record ConnectionSettings(KubernetesClientConfiguration Configuration)
{
    /// <summary>Whether answers may come compressed.</summary>
    public bool AllowCompression { get; init; } = true;

    /// <summary>The proxy on the way; <see langword="null"/> for that of the environment, if any.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Whom requests are sent on behalf of: the headers that say it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];

    /// <summary>When the credentials end; <see langword="null"/> where nobody says.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    // The client library's settings hold secrets.
    public override string ToString() => Configuration.Host;
}
