using System.Text.Json;

namespace Mesh.Files;

/// <summary>Reads a catalog file: all its faults at once, each with its place.</summary>
internal static class CatalogFileParser
{
    /// <summary>The cluster of a file that names none.</summary>
    public const string DefaultCluster = "file";

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The content, or what is wrong.</summary>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="bytes">Its bytes, UTF-8.</param>
    /// <param name="now">When it was read.</param>
    public static (CatalogFile? Content, IReadOnlyList<string> Errors) Parse(string file, ReadOnlyMemory<byte> bytes, DateTimeOffset now)
    {
        bytes = bytes.Span.StartsWith(ByteOrderMark) ? bytes[3..] : bytes;
        var text = new JsonText(file, bytes);
        var draft = new CatalogFileDraft();
        var json = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        try
        {
            json.Read();
            text.ReadObject(ref json, CatalogFileShapes.Root, draft);
            json.Read();
        }
        catch (JsonException exception)
        {
            text.SyntaxError(exception);
            return (null, text.Errors);
        }

        catch (InvalidOperationException) when (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            // The reader finds it only when the text is asked for.
            text.Error(json, "is no text: it holds invalid UTF-8 or half of a surrogate pair");
            return (null, text.Errors);
        }

        var content = draft.Build(text, now);
        return text.Errors.Count == 0 ? (content, []) : (null, text.Errors);
    }
}
