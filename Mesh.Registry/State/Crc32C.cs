using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mesh.State;

/// <summary>CRC-32C (Castagnoli; RFC 3720, B.4), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    public const uint Start = uint.MaxValue;

    /// <summary>Goes on over more bytes. Begin with <see cref="Start"/>; the checksum is the complement of what comes last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        var whole = bytes.Length & ~7;
        foreach (var eight in MemoryMarshal.Cast<byte, ulong>(bytes[..whole]))
        {
            crc = BitOperations.Crc32C(crc, eight);
        }

        foreach (var one in bytes[whole..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }
}
