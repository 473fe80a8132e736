using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>What a list says beside its items.</summary>
/// <param name="ResourceVersion">The version it shows.</param>
/// <param name="Continue">The next page's token; <see langword="null"/> on the last.</param>
internal readonly record struct ListMetadata(string ResourceVersion, string? Continue)
{
    /// <summary>Reads <c>ListMeta</c> (protobuf); <see langword="false"/> where it has no version.</summary>
    /// <exception cref="ProtobufException">It is malformed.</exception>
    public static bool TryDecode(ReadOnlySpan<byte> message, out ListMetadata metadata)
    {
        var version = "";
        string? next = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2) version = reader.String;
            else if (reader.Field == 3 && !reader.Bytes.IsEmpty) next = reader.String;
        }

        metadata = new ListMetadata(version, next);
        return version.Length > 0;
    }

    /// <exception cref="JsonException">It is no list, or has no version.</exception>
    public static ListMetadata Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            return DecodeChecked(json);
        }
        catch (Exception e) when (e is not JsonException && JsonTokens.IsMalformed(e))
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static ListMetadata DecodeChecked(ReadOnlySpan<byte> json)
    {
        string? version = null;
        string? next = null;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The answer is not a list.");
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
                else if (reader.ValueTextEquals("continue"u8)) next = JsonTokens.String(ref reader);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        return string.IsNullOrEmpty(version)
            ? throw new JsonException("The list has no resourceVersion.")
            : new ListMetadata(version, string.IsNullOrEmpty(next) ? null : next);
    }
}
