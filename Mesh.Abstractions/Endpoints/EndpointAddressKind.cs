namespace Mesh;

/// <summary>What an <see cref="EndpointAddress"/> is.</summary>
public enum EndpointAddressKind : byte
{
    /// <summary>No address.</summary>
    None,

    /// <summary>An IPv4 address.</summary>
    IPv4,

    /// <summary>An IPv6 address.</summary>
    IPv6,

    /// <summary>A DNS name, resolved when it is dialled.</summary>
    Host,
}
