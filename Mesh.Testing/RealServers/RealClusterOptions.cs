namespace Mesh;

/// <summary>How a <see cref="RealClusterProvider"/> starts its servers.</summary>
public sealed record RealClusterOptions
{
    /// <summary>Writes an audit log (metadata of every request) to <see cref="RealKubernetesServer.AuditLogPath"/>. Off by default.</summary>
    public bool AuditLog { get; init; }

    /// <summary>Runs the controller manager where there is one. On by default; without it no controller makes EndpointSlices or ServiceAccounts.</summary>
    public bool ControllerManager { get; init; } = true;

    /// <summary>Further arguments of kube-apiserver, such as <c>--goaway-chance=0.01</c>; a later one wins over the provider's own.</summary>
    public IReadOnlyList<string> ApiServerArguments { get; init; } = [];

    /// <summary>How long a start may take before it is an error. Default: 2 minutes; an idle machine takes about 3 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
