using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mesh.Orca;

/// <summary>Reads the report as JSON (protobuf's mapping: names in either case, numbers also as strings).</summary>
internal static class OrcaJson
{
    public static bool TryRead(ReadOnlySpan<char> json, ref OrcaFields fields)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(json.Length)];
        var reader = new Utf8JsonReader(bytes.AsSpan(0, Encoding.UTF8.GetBytes(json, bytes)));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number))
                {
                    fields.Set(name, number);
                }
                else if (reader.TokenType == JsonTokenType.String && double.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number))
                {
                    fields.Set(name, number);
                }
                else
                {
                    reader.Skip();
                }
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or text in it that is no Unicode.
            return false;
        }
    }
}
