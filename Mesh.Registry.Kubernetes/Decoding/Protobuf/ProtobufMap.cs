namespace Mesh.Decoding;

/// <summary>Entries of maps from string to string, such as labels.</summary>
internal static class ProtobufMap
{
    /// <summary>Returns the entry's key.</summary>
    /// <param name="entry">The entry's message.</param>
    /// <param name="value">The entry's value.</param>
    /// <exception cref="ProtobufException">It is malformed.</exception>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> entry, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> key = default;
        value = default;
        var reader = new ProtobufReader(entry);
        while (reader.Next())
        {
            if (reader.Field == 1) key = reader.Bytes;
            else if (reader.Field == 2) value = reader.Bytes;
        }

        return key;
    }
}
