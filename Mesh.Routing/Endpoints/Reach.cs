namespace Mesh;

/// <summary>How the caller can reach an endpoint.</summary>
public enum Reach
{
    /// <summary>Not at all: another network, and its cluster names no gateway.</summary>
    None,

    /// <summary>Directly: the same cluster or network, or an address that is the operator's own word.</summary>
    Direct,

    /// <summary>Through the gateway of its cluster. Not available in this version: shown, never picked.</summary>
    Gateway,
}
