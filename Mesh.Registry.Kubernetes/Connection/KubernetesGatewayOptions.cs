namespace Mesh;

/// <summary>Where a cluster's gateway is dialled by callers of other networks.</summary>
public sealed class KubernetesGatewayOptions
{
    /// <summary>Its addresses or DNS names; at least one.</summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>Its port, 1 to 65535. Default: 15443.</summary>
    public int Port { get; set; } = 15443;
}
