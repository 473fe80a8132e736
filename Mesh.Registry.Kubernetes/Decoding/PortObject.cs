using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>A port of a Service or of an EndpointSlice.</summary>
/// <param name="Name">Its name, or <see langword="null"/>.</param>
/// <param name="Number">Its number, unchecked, or <see langword="null"/>.</param>
/// <param name="Protocol">Its protocol; <see langword="null"/> for one this version does not know.</param>
/// <param name="AppProtocol">Its application protocol, or <see langword="null"/>.</param>
internal readonly record struct PortObject(string? Name, int? Number, TransportProtocol? Protocol, string? AppProtocol)
{
    public static PortObject Decode(ref Utf8JsonReader reader, StringPool pool)
    {
        string? name = null;
        string? appProtocol = null;
        int? number = null;
        TransportProtocol? protocol = TransportProtocol.Tcp;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("name"u8)) name = JsonTokens.String(ref reader, pool);
            else if (reader.ValueTextEquals("port"u8)) number = JsonTokens.Int32(ref reader);
            else if (reader.ValueTextEquals("protocol"u8)) protocol = ProtocolOf(ref reader);
            else if (reader.ValueTextEquals("appProtocol"u8)) appProtocol = JsonTokens.String(ref reader, pool);
            else JsonTokens.SkipValue(ref reader);
        }

        return new PortObject(name, number, protocol, string.IsNullOrEmpty(appProtocol) ? null : appProtocol);
    }

    /// <summary><c>ServicePort</c> (k8s.io/api, core/v1/generated.proto).</summary>
    /// <exception cref="ProtobufException">It is malformed.</exception>
    public static PortObject DecodeServicePort(ReadOnlySpan<byte> message, StringPool pool) => Decode(message, pool, appProtocolField: 6);

    /// <summary><c>EndpointPort</c> (k8s.io/api, discovery/v1/generated.proto).</summary>
    /// <exception cref="ProtobufException">It is malformed.</exception>
    public static PortObject DecodeEndpointPort(ReadOnlySpan<byte> message, StringPool pool) => Decode(message, pool, appProtocolField: 4);

    private static PortObject Decode(ReadOnlySpan<byte> message, StringPool pool, int appProtocolField)
    {
        string? name = null;
        string? appProtocol = null;
        int? number = null;
        TransportProtocol? protocol = TransportProtocol.Tcp;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) name = reader.Pooled(pool);
            else if (reader.Field == 3) number = reader.Int32;
            else if (reader.Field == 2) protocol = ProtocolOf(reader.Bytes);
            else if (reader.Field == appProtocolField) appProtocol = reader.Pooled(pool);
        }

        return new PortObject(name, number, protocol, string.IsNullOrEmpty(appProtocol) ? null : appProtocol);
    }

    private static TransportProtocol? ProtocolOf(ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.SequenceEqual("TCP"u8) ? TransportProtocol.Tcp
        : name.SequenceEqual("UDP"u8) ? TransportProtocol.Udp
        : name.SequenceEqual("SCTP"u8) ? TransportProtocol.Sctp
        : null;

    private static TransportProtocol? ProtocolOf(ref Utf8JsonReader reader) =>
        !JsonTokens.EnterString(ref reader) || reader.ValueTextEquals("TCP"u8) ? TransportProtocol.Tcp
        : reader.ValueTextEquals("UDP"u8) ? TransportProtocol.Udp
        : reader.ValueTextEquals("SCTP"u8) ? TransportProtocol.Sctp
        : null;
}
