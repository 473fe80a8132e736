using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>Reads one watch event (<c>WatchEvent</c>, k8s.io/apimachinery, pkg/apis/meta/v1/generated.proto).</summary>
internal static class ProtobufEventDecoder
{
    /// <exception cref="ProtobufException">The event is malformed.</exception>
    public static WatchEvent<T> Decode<T>(ReadOnlySpan<byte> message, IProtobufDecoder<T> decoder)
        where T : IWatchedObject
    {
        var type = WatchEventType.Unknown;
        ReadOnlySpan<byte> extension = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) type = TypeOf(reader.Bytes);
            else if (reader.Field == 2) extension = reader.Bytes;
        }

        switch (type)
        {
            case WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted:
                var item = decoder.Decode(Object(extension));
                return new WatchEvent<T>(type, item, item.ResourceVersion, null);
            case WatchEventType.Error:
                return new WatchEvent<T>(type, default, null, StatusObject.Decode(Object(extension)));
            case WatchEventType.Bookmark:
                var version = ObjectMetadata.VersionOf(Object(extension), out var endsInitialEvents);
                return new WatchEvent<T>(type, default, version, null) { EndsInitialEvents = endsInitialEvents };
            default:
                return new WatchEvent<T>(type, default, null, null);
        }
    }

    private static WatchEventType TypeOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("ADDED"u8) ? WatchEventType.Added
            : type.SequenceEqual("MODIFIED"u8) ? WatchEventType.Modified
            : type.SequenceEqual("DELETED"u8) ? WatchEventType.Deleted
            : type.SequenceEqual("BOOKMARK"u8) ? WatchEventType.Bookmark
            : type.SequenceEqual("ERROR"u8) ? WatchEventType.Error
            : WatchEventType.Unknown;

    // RawExtension: its only field holds the object in its envelope.
    private static ReadOnlySpan<byte> Object(ReadOnlySpan<byte> extension)
    {
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(extension);
        while (reader.Next())
        {
            if (reader.Field == 1) raw = reader.Bytes;
        }

        return ProtobufEnvelope.Open(raw);
    }
}
