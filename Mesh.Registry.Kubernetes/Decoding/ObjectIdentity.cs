using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Which object it is, as far as it can be told.</summary>
/// <param name="Namespace">Its namespace, or <see langword="null"/>.</param>
/// <param name="Name">Its name, or <see langword="null"/>.</param>
internal readonly record struct ObjectIdentity(string? Namespace, string? Name)
{
    /// <summary>Reads it from the beginning of an object or watch event that may be malformed further on. Never throws.</summary>
    public static ObjectIdentity Read(ReadOnlySpan<byte> json)
    {
        string? @namespace = null;
        string? name = null;
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        try
        {
            var inMetadata = -1;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == inMetadata) break;
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (inMetadata < 0)
                {
                    // Of the object itself, or of the object inside a watch event.
                    if (reader.CurrentDepth <= 2 && reader.ValueTextEquals("metadata"u8)) inMetadata = reader.CurrentDepth;
                }
                else if (reader.CurrentDepth == inMetadata + 1)
                {
                    if (reader.ValueTextEquals("name"u8) && reader.Read()) name = JsonTokens.OptionalString(ref reader);
                    else if (reader.ValueTextEquals("namespace"u8) && reader.Read()) @namespace = JsonTokens.OptionalString(ref reader);
                }
            }
        }
        catch (Exception e) when (JsonTokens.IsMalformed(e))
        {
        }

        return new ObjectIdentity(@namespace, name);
    }

    /// <summary><c>sales/orders</c>; what is not known is written <c>?</c>.</summary>
    public override string ToString() =>
        Namespace is null ? DnsLabel.Printable(Name ?? "?") : $"{DnsLabel.Printable(Namespace)}/{DnsLabel.Printable(Name ?? "?")}";
}
