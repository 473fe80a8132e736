using System.Text.Json;
using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>JSON, which every API server and every type speaks.</summary>
internal sealed class JsonFormat<T>(IResourceDecoder<T> decoder) : ResourceFormat<T>
    where T : IWatchedObject
{
    public override bool IsMalformed(Exception exception) => exception is JsonException;

    public override IListReader OpenList(Stream body, int maxObjectBytes) => new ListReader(body, maxObjectBytes);

    public override IWatchReader OpenWatch(Stream body, int maxObjectBytes) => new WatchReader(body, maxObjectBytes);

    public override T Decode(ReadOnlySpan<byte> item)
    {
        try
        {
            var reader = new Utf8JsonReader(item);
            reader.Read();
            var decoded = decoder.Decode(ref reader);
            return reader.Read() ? throw new JsonException("Something follows the object.") : decoded;
        }
        catch (Exception e) when (e is not JsonException && JsonTokens.IsMalformed(e))
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override WatchEvent<T> DecodeEvent(ReadOnlySpan<byte> value) => WatchEventDecoder.Decode(value, decoder);

    public override ObjectIdentity IdentityOfItem(ReadOnlySpan<byte> item) => ObjectIdentity.Read(item);

    public override ObjectIdentity IdentityOfEvent(ReadOnlySpan<byte> value) => ObjectIdentity.Read(value);
}
