using System.Runtime.CompilerServices;

namespace Mesh.Decoding;

/// <summary>Numbers as protobuf writes them: seven bits a byte, the lowest first.</summary>
internal static class ProtobufVarint
{
    private const int Longest = 10;

    /// <summary>Reads the number that the data begins with. Returns its length in bytes; 0 where its end is not there, −1 where it cannot have one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> data, out ulong value)
    {
        // Most of them: tags, and lengths of names.
        if (!data.IsEmpty && data[0] < 0x80)
        {
            value = data[0];
            return 1;
        }

        return ReadLonger(data, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadLonger(ReadOnlySpan<byte> data, out ulong value)
    {
        value = 0;
        for (var i = 0; i < data.Length; i++)
        {
            if (i == Longest) return -1;
            value |= (ulong)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80) return i + 1;
        }

        return data.Length >= Longest ? -1 : 0;
    }
}
