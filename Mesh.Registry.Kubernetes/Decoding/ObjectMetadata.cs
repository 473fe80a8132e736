using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>The parts of <c>metadata</c> that every object has.</summary>
internal struct ObjectMetadata
{
    public string? Namespace;
    public string? Name;
    public string? ResourceVersion;

    private static ReadOnlySpan<byte> InitialEventsEnd => "k8s.io/initial-events-end"u8;

    /// <summary>The version of a bookmark.</summary>
    /// <param name="reader">Stands on the object.</param>
    /// <param name="endsInitialEvents">Whether a streaming list is complete with it (annotation <c>k8s.io/initial-events-end</c>, KEP-3157).</param>
    /// <exception cref="JsonException">It has none.</exception>
    public static string VersionOf(ref Utf8JsonReader reader, out bool endsInitialEvents)
    {
        endsInitialEvents = false;
        string? version = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("metadata"u8) || !JsonTokens.EnterObject(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("resourceVersion"u8)) version = JsonTokens.String(ref reader);
                else if (reader.ValueTextEquals("annotations"u8)) endsInitialEvents = SaysTrue(ref reader);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        return string.IsNullOrEmpty(version) ? throw new JsonException("The object has no resourceVersion.") : version;
    }

    /// <summary>As above, of a bookmark in protobuf.</summary>
    /// <exception cref="ProtobufException">It has none.</exception>
    public static string VersionOf(ReadOnlySpan<byte> message, out bool endsInitialEvents)
    {
        endsInitialEvents = false;
        string? version = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != 1) continue;
            var metadata = new ProtobufReader(reader.Bytes);
            while (metadata.Next())
            {
                if (metadata.Field == 6) version = metadata.String;
                else if (metadata.Field == 12) endsInitialEvents |= ProtobufMap.Read(metadata.Bytes, out var value).SequenceEqual(InitialEventsEnd) && value.SequenceEqual("true"u8);
            }
        }

        return string.IsNullOrEmpty(version) ? throw new ProtobufException("The object has no resourceVersion.") : version;
    }

    /// <summary>Reads the property the reader stands on where it is one of these; <see langword="false"/> where it is not.</summary>
    public bool TryRead(ref Utf8JsonReader reader, StringPool pool)
    {
        if (reader.ValueTextEquals("name"u8)) Name = JsonTokens.String(ref reader);
        else if (reader.ValueTextEquals("namespace"u8)) Namespace = JsonTokens.String(ref reader, pool);
        else if (reader.ValueTextEquals("resourceVersion"u8)) ResourceVersion = JsonTokens.String(ref reader);
        else return false;
        return true;
    }

    /// <summary>Reads the field the reader stands on where it is one of these (<c>ObjectMeta</c>); <see langword="false"/> where it is not.</summary>
    public bool TryRead(ref ProtobufReader reader, StringPool pool)
    {
        switch (reader.Field)
        {
            case 1:
                Name = reader.String;
                return true;
            case 3:
                Namespace = reader.Pooled(pool);
                return true;
            case 6:
                ResourceVersion = reader.String;
                return true;
            default:
                return false;
        }
    }

    /// <exception cref="ProtobufException">The object has no name or no version.</exception>
    public readonly void RequireFields()
    {
        if (string.IsNullOrEmpty(Name)) throw new ProtobufException("The object has no name.");
        if (string.IsNullOrEmpty(ResourceVersion)) throw new ProtobufException("The object has no resourceVersion.");
    }

    private static bool SaysTrue(ref Utf8JsonReader reader)
    {
        var found = false;
        if (!JsonTokens.EnterObject(ref reader)) return false;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals(InitialEventsEnd)) found = JsonTokens.EnterString(ref reader) && reader.ValueTextEquals("true"u8);
            else JsonTokens.SkipValue(ref reader);
        }

        return found;
    }

    /// <exception cref="JsonException">The object has no name or no version.</exception>
    public readonly void Require()
    {
        if (string.IsNullOrEmpty(Name)) throw new JsonException("The object has no name.");
        if (string.IsNullOrEmpty(ResourceVersion)) throw new JsonException("The object has no resourceVersion.");
    }
}
