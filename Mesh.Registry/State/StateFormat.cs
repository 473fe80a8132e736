namespace Mesh.State;

/// <summary>
/// A state as a file: a header (what it is, in which layout, how long, its checksum), then the state itself. Another layout is another number in the header, and such a file
/// is not read.
/// </summary>
internal static class StateFormat
{
    /// <summary>The layout of what follows the header. To be raised with every change of <see cref="StateEncoder"/>.</summary>
    public const byte Version = 3;

    /// <summary>Beyond any cluster that the catalog's limits let in: what is longer is not kept, and not read.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private const int HeaderBytes = 24;

    // The second says the byte order, for packed endpoints are in the machine's own.
    private static ReadOnlySpan<byte> Layout => BitConverter.IsLittleEndian ? [Version, 1, EndpointColumns.Layout, 0] : [Version, 2, EndpointColumns.Layout, 0];

    private static ReadOnlySpan<byte> Magic => "MESHSTAT"u8;

    /// <summary>Encodes a state; the parts are to be written one after another.</summary>
    public static IReadOnlyList<StateBuffer> Encode(KeptState state)
    {
        var encoder = new StateEncoder();
        encoder.Add(state);
        var crc = Crc32C.Add(Crc32C.Add(Crc32C.Start, encoder.Head.Written), encoder.Body.Written);
        var header = new StateBuffer();
        header.Raw(Magic);
        header.Raw(Layout);
        header.Raw(BitConverter.GetBytes(~crc));
        header.Int64((long)encoder.Head.Written.Length + encoder.Body.Written.Length);
        return [header, encoder.Head, encoder.Body];
    }

    /// <exception cref="InvalidDataException">It is no such file, or a damaged one; the message says why.</exception>
    public static KeptState Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || !file.StartsWith(Magic))
        {
            throw new InvalidDataException("it is not a kept state");
        }

        var header = new StateCursor(file[Magic.Length..HeaderBytes]);
        var layout = header.Raw(4);
        if (!layout.SequenceEqual(Layout))
        {
            throw new InvalidDataException($"it has layout {string.Join('.', layout.ToArray())}, and this version reads {string.Join('.', Layout.ToArray())}");
        }

        var crc = BitConverter.ToUInt32(header.Raw(4));
        var content = file[HeaderBytes..];
        if (header.Int64() != content.Length)
        {
            throw new InvalidDataException("it is not whole");
        }

        if (~Crc32C.Add(Crc32C.Start, content) != crc)
        {
            throw new InvalidDataException("its checksum does not fit");
        }

        try
        {
            return new StateDecoder(content).Read();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
