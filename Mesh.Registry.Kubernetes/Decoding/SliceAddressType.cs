namespace Mesh.Decoding;

/// <summary>What the addresses of a slice are (<c>addressType</c>).</summary>
internal enum SliceAddressType
{
    /// <summary>A type this version does not know.</summary>
    Unknown,
    IPv4,
    IPv6,

    /// <summary>DNS names.</summary>
    Fqdn,
}
