namespace Mesh.Decoding;

/// <summary>
/// What Kubernetes wraps around every object in protobuf: four bytes <c>k8s\0</c> and <c>runtime.Unknown</c> (k8s.io/apimachinery, pkg/runtime/generated.proto), whose field
/// <c>raw</c> is the object.
/// </summary>
internal static class ProtobufEnvelope
{
    /// <summary>runtime.Unknown: the object.</summary>
    public const int Raw = 2;

    /// <summary>runtime.Unknown: how the object is encoded; empty = as it is.</summary>
    public const int ContentEncoding = 3;

    public static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static bool IsAtStartOf(ReadOnlySpan<byte> data) => data.StartsWith(Magic);

    /// <summary>The object inside.</summary>
    /// <exception cref="ProtobufException">There is none.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> data)
    {
        if (!IsAtStartOf(data)) throw new ProtobufException("The object does not begin as Kubernetes' objects do.");
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(data[Magic.Length..]);
        while (reader.Next())
        {
            if (reader.Field == Raw) raw = reader.Bytes;
            else if (reader.Field == ContentEncoding && !reader.Bytes.IsEmpty) throw new ProtobufException("The object is encoded in a way that is not known.");
        }

        return raw;
    }
}
