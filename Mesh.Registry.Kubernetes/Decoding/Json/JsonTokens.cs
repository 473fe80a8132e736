using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads values token by token; a value of another kind than expected makes the object malformed (<see cref="JsonException"/>).</summary>
internal static class JsonTokens
{
    /// <summary>Whether the reader's exception says that the JSON is malformed (bad UTF-8 and lone surrogates are reported as InvalidOperationException).</summary>
    public static bool IsMalformed(Exception exception) => exception is JsonException or InvalidOperationException or FormatException;

    /// <summary>Goes to the next property of the object the reader is in; <see langword="false"/> at its end.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new JsonException("The object ends in the middle.");
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Goes into the object the property holds; <see langword="false"/> where it is null.</summary>
    public static bool EnterObject(ref Utf8JsonReader reader) => Enter(ref reader, JsonTokenType.StartObject, "an object");

    /// <summary>Goes into the array the property holds; <see langword="false"/> where it is null.</summary>
    public static bool EnterArray(ref Utf8JsonReader reader) => Enter(ref reader, JsonTokenType.StartArray, "an array");

    /// <summary>Goes to the next object of the array; <see langword="false"/> at the array's end.</summary>
    public static bool NextObject(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType switch
        {
            JsonTokenType.EndArray => false,
            JsonTokenType.StartObject => true,
            var other => throw Unexpected("an object", other),
        };
    }

    /// <summary>Goes to the next string of the array; <see langword="false"/> at the array's end.</summary>
    public static bool NextString(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType switch
        {
            JsonTokenType.EndArray => false,
            JsonTokenType.String => true,
            var other => throw Unexpected("a string", other),
        };
    }

    /// <summary>Passes over the property's value; does nothing where it was read already (as null).</summary>
    public static void SkipValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.PropertyName) return;
        Advance(ref reader);
        reader.Skip();
    }

    /// <summary>Goes to the property's value, which must be a string or null; <see langword="false"/> where it is null.</summary>
    public static bool EnterString(ref Utf8JsonReader reader) => Enter(ref reader, JsonTokenType.String, "a string");

    /// <summary>The property's string, or <see langword="null"/>.</summary>
    public static string? String(ref Utf8JsonReader reader) => EnterString(ref reader) ? reader.GetString() : null;

    /// <summary>The property's string from the pool, or <see langword="null"/>.</summary>
    public static string? String(ref Utf8JsonReader reader, StringPool pool) => EnterString(ref reader) ? pool.Get(ref reader) : null;

    /// <summary>The property's truth value, or <see langword="null"/>.</summary>
    public static bool? Boolean(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            var other => throw Unexpected("true or false", other),
        };
    }

    /// <summary>The property's whole number, or <see langword="null"/>.</summary>
    public static int? Int32(ref Utf8JsonReader reader) =>
        !Enter(ref reader, JsonTokenType.Number, "a number") ? null
        : reader.TryGetInt32(out var value) ? value
        : throw new JsonException("A number is too large or has a fraction.");

    /// <summary>The string the reader stands on; <see langword="null"/> where it is something else.</summary>
    public static string? OptionalString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.TrySkip();
        return null;
    }

    private static bool Enter(ref Utf8JsonReader reader, JsonTokenType wanted, string name)
    {
        Advance(ref reader);
        if (reader.TokenType == wanted) return true;
        return reader.TokenType == JsonTokenType.Null ? false : throw Unexpected(name, reader.TokenType);
    }

    private static void Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new JsonException("The object ends in the middle.");
    }

    private static JsonException Unexpected(string wanted, JsonTokenType found) => new($"{found} where {wanted} belongs.");
}
