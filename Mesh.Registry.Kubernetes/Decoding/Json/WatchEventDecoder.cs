using System.Text.Json;
using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>Reads one watch event: <c>{"type": …, "object": …}</c>, in either order.</summary>
internal static class WatchEventDecoder
{
    /// <exception cref="JsonException">The event is malformed.</exception>
    public static WatchEvent<T> Decode<T>(ReadOnlySpan<byte> json, IResourceDecoder<T> decoder)
        where T : IWatchedObject
    {
        try
        {
            return DecodeChecked(json, decoder);
        }
        catch (Exception e) when (e is not JsonException && JsonTokens.IsMalformed(e))
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static WatchEvent<T> DecodeChecked<T>(ReadOnlySpan<byte> json, IResourceDecoder<T> decoder)
        where T : IWatchedObject
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var type = WatchEventType.Unknown;
        var hasType = false;
        Utf8JsonReader atObject = default;
        var hasObject = false;
        WatchEvent<T>? result = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = Type(ref reader);
                hasType = true;
            }
            else if (reader.ValueTextEquals("object"u8) && JsonTokens.EnterObject(ref reader))
            {
                if (hasType)
                {
                    result = Object(type, ref reader, decoder);
                }
                else
                {
                    atObject = reader;
                    hasObject = true;
                    reader.Skip();
                }
            }
            else
            {
                JsonTokens.SkipValue(ref reader);
            }
        }

        // What follows the last brace would be lost in silence.
        if (reader.Read()) throw new JsonException("Something follows the event.");
        return result ?? (hasObject ? Object(type, ref atObject, decoder) : throw new JsonException("The event has no object."));
    }

    /// <summary>The type that the string under the reader names.</summary>
    public static WatchEventType TypeOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("ADDED"u8) ? WatchEventType.Added
            : reader.ValueTextEquals("MODIFIED"u8) ? WatchEventType.Modified
            : reader.ValueTextEquals("DELETED"u8) ? WatchEventType.Deleted
            : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventType.Bookmark
            : reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error
            : WatchEventType.Unknown;

    private static WatchEventType Type(ref Utf8JsonReader reader) => JsonTokens.EnterString(ref reader) ? TypeOf(ref reader) : WatchEventType.Unknown;

    private static WatchEvent<T> Object<T>(WatchEventType type, ref Utf8JsonReader reader, IResourceDecoder<T> decoder)
        where T : IWatchedObject
    {
        switch (type)
        {
            case WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted:
                var item = decoder.Decode(ref reader);
                return new WatchEvent<T>(type, item, item.ResourceVersion, null);
            case WatchEventType.Error:
                return new WatchEvent<T>(type, default, null, StatusObject.Decode(ref reader));
            case WatchEventType.Bookmark:
                var version = ObjectMetadata.VersionOf(ref reader, out var endsInitialEvents);
                return new WatchEvent<T>(type, default, version, null) { EndsInitialEvents = endsInitialEvents };
            default:
                reader.Skip();
                return new WatchEvent<T>(type, default, null, null);
        }
    }
}
