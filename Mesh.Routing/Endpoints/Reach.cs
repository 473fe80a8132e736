namespace Mesh;

/// <summary>How the caller can reach an endpoint.</summary>
public enum Reach
{
    /// <summary>Not at all: another network, and its cluster names no gateway.</summary>
    None,

    /// <summary>Directly: the same cluster or network, or an address that is the operator's own word.</summary>
    Direct,

    /// <summary>Through the gateway of its cluster, which balances among the pods behind it. Dialled where the process has an identity to show it (<see cref="MeshRouterOptions.DialsGateways"/>).</summary>
    Gateway,
}
