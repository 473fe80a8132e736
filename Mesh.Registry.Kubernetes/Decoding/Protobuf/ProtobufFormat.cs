using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>Protobuf, which API servers speak for the types that are built into them.</summary>
internal sealed class ProtobufFormat<T>(IProtobufDecoder<T> decoder) : ResourceFormat<T>
    where T : IWatchedObject
{
    public override bool IsMalformed(Exception exception) => exception is ProtobufException;

    public override IListReader OpenList(Stream body, int maxObjectBytes) => new ProtobufListReader(body, maxObjectBytes);

    public override IWatchReader OpenWatch(Stream body, int maxObjectBytes) => new ProtobufWatchReader(body, maxObjectBytes);

    public override T Decode(ReadOnlySpan<byte> item) => decoder.Decode(item);

    public override WatchEvent<T> DecodeEvent(ReadOnlySpan<byte> value) => ProtobufEventDecoder.Decode(value, decoder);

    public override ObjectIdentity IdentityOfItem(ReadOnlySpan<byte> item) => ProtobufIdentity.OfObject(item);

    public override ObjectIdentity IdentityOfEvent(ReadOnlySpan<byte> value) => ProtobufIdentity.OfEvent(value);
}
