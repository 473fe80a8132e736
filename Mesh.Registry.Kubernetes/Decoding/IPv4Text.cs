namespace Mesh.Decoding;

/// <summary>Reads an IPv4 address without a string: almost every endpoint of a large cluster is one.</summary>
internal static class IPv4Text
{
    /// <summary>Reads four decimal parts without leading zeros, nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint bits)
    {
        bits = 0;
        var parts = 0;
        var i = 0;
        while (i < text.Length)
        {
            var begin = i;
            var value = 0;
            while (i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9' && i - begin < 3) value = (value * 10) + (text[i++] - '0');
            if (i == begin || value > 255 || (text[begin] == '0' && i - begin > 1)) return false;
            bits = (bits << 8) | (uint)value;
            if (++parts == 4) return i == text.Length;
            if (i == text.Length || text[i++] != '.') return false;
        }

        return false;
    }
}
