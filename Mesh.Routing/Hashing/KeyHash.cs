using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Mesh.Hashing;

/// <summary>XXH64, the hash that Envoy's rings and keys are made with, and what is mixed out of one.</summary>
internal static class KeyHash
{
    private const int OnStack = 256;

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static ulong Of(ReadOnlySpan<char> text, long seed = 0)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= OnStack)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            return XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(text, bytes)], seed);
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        var hash = XxHash64.HashToUInt64(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)), seed);
        ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    /// <summary>Another number with all bits mixed (the finalizer of SplitMix64; Steele, Lea, Flood 2014); one to one.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>What Envoy knows an endpoint by: <c>10.0.0.1:80</c>, <c>[fd00::1]:80</c>.</summary>
    public static string NameOf(EndpointAddress address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(address.Kind == EndpointAddressKind.IPv6 ? $"[{address}]" : address.ToString())}:{port}");
}
