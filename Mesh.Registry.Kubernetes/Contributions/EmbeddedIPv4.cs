using System.Buffers.Binary;

namespace Mesh.Contributions;

/// <summary>The IPv4 addresses that an IPv6 address stands for: a translator or tunnel on the way would send to them.</summary>
internal static class EmbeddedIPv4
{
    /// <summary>Finds the first embedded address that <paramref name="wanted"/> has something to say of.</summary>
    /// <param name="bytes">The IPv6 address.</param>
    /// <param name="wanted">What is to say of an IPv4 address, or <see langword="null"/>.</param>
    public static string? Find(ReadOnlySpan<byte> bytes, Func<uint, string?> wanted)
    {
        // ::a.b.c.d (deprecated), ::ffff:0:a.b.c.d (RFC 2765) and 64:ff9b::a.b.c.d (RFC 6052).
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]))
        {
            return wanted(Last(bytes));
        }

        // 2002:aabb:ccdd::/48, 6to4 (RFC 3056).
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x20, 0x02])) return wanted(BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

        // 64:ff9b:1::/48, for a site's own translators (RFC 8215).
        return bytes.StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 1]) ? OfLocalTranslator(bytes, wanted) : null;
    }

    // How long its prefix is only the site knows. RFC 6052, 2.2: the address follows the prefix, passing over the ninth byte, and what follows it is zero.
    private static string? OfLocalTranslator(ReadOnlySpan<byte> bytes, Func<uint, string?> wanted)
    {
        for (var begin = 6; begin <= 8 && bytes[8] == 0; begin++)
        {
            var value = 0u;
            var at = begin;
            for (var i = 0; i < 4; i++, at++)
            {
                if (at == 8) at++;
                value = (value << 8) | bytes[at];
            }

            // One that begins with a zero is the rest of a longer prefix.
            if (value >> 24 != 0 && !bytes[at..].ContainsAnyExcept((byte)0) && wanted(value) is { } found) return found;
        }

        return Last(bytes) == 0 ? null : wanted(Last(bytes));
    }

    private static uint Last(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
}
