namespace Mesh.Decoding;

/// <summary>How a field's value is written (protobuf's wire types).</summary>
internal enum ProtobufWire
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
