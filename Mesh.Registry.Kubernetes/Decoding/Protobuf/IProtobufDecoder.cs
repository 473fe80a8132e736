namespace Mesh.Decoding;

/// <summary>Takes what is needed of one object out of its protobuf message.</summary>
internal interface IProtobufDecoder<out T>
{
    /// <exception cref="ProtobufException">The object is malformed.</exception>
    T Decode(ReadOnlySpan<byte> message);
}
