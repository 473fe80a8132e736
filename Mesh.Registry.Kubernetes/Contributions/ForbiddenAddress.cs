using System.Buffers.Binary;

namespace Mesh.Contributions;

/// <summary>Addresses that no cluster may contribute: they mean the caller itself, its link, or the machine's metadata service.</summary>
internal static class ForbiddenAddress
{
    /// <summary>Why an address is refused, or <see langword="null"/>.</summary>
    public static string? Reason(EndpointAddress address)
    {
        if (address.Kind == EndpointAddressKind.IPv4) return OfIPv4(address.IPv4Bits);
        if (address.Kind != EndpointAddressKind.IPv6) return null;
        Span<byte> bytes = stackalloc byte[16];
        address.ToIPAddress()!.TryWriteBytes(bytes, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if (value == UInt128.Zero) return "unspecified";
        if (value == UInt128.One) return "a loopback address";
        if (bytes[0] == 0xff) return "a multicast address";
        if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return "a link-local address";
        if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0) return "a site-local address (deprecated)";

        // fd00:ec2::254, a cloud's metadata service over IPv6.
        if (value == new UInt128(0xfd00_0ec2_0000_0000, 0x254)) return "a metadata address";

        return EmbeddedIPv4.Find(bytes, static bits => OfIPv4(bits) is { } reason ? $"{EndpointAddress.FromIPv4(bits)} in IPv6 clothes, {reason}" : null);
    }

    private static string? OfIPv4(uint bits) => (bits >> 24) switch
    {
        0 => "unspecified",
        127 => "a loopback address",
        169 when (bits >> 16 & 0xff) == 254 => bits == 0xa9fe_a9fe ? "the metadata address" : "a link-local address",
        >= 224 and <= 239 => "a multicast address",
        _ => bits == uint.MaxValue ? "the broadcast address" : null,
    };
}
