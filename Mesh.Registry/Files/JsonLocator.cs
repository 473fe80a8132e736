using System.Text.Json;

namespace Mesh.Files;

/// <summary>Finds the line of a value in a JSON text by its path, for errors that a parser does not see.</summary>
internal static class JsonLocator
{
    /// <summary>The line, from 1, of the value at <paramref name="path"/>, or of its deepest parent that exists.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">Property names (string) and array indices (int), from the root.</param>
    public static int FindLine(ReadOnlySpan<byte> json, IReadOnlyList<object> path)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var at = 0L;
        if (reader.Read())
        {
            foreach (var step in path)
            {
                if (!(step is string name ? ToProperty(ref reader, name) : ToElement(ref reader, (int)step)))
                {
                    break;
                }

                at = reader.TokenStartIndex;
            }
        }

        return 1 + json[..(int)at].Count((byte)'\n');
    }

    private static bool ToProperty(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool ToElement(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
