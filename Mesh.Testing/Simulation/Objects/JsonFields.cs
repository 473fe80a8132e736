using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Reads of an object's tree that forgive what is missing.</summary>
internal static class JsonFields
{
    /// <summary>Object trees are for clients that read JSON, never for a web page: no escapes beyond JSON's own.</summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonSerializerOptions Rendering = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject? Object(this JsonObject? tree, string name) => tree?[name] as JsonObject;

    public static JsonArray? Array(this JsonObject? tree, string name) => tree?[name] as JsonArray;

    /// <summary>The text of a field; empty where it is missing or no text.</summary>
    public static string Text(this JsonObject? tree, string name) => Text(tree?[name]);

    public static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static bool TryNumber(this JsonObject? tree, string name, out long number) => TryNumber(tree?[name], out number);

    public static bool TryNumber(JsonNode? node, out long number)
    {
        number = 0;
        return node is JsonValue value && value.TryGetValue(out number);
    }

    public static bool IsTrue(this JsonObject? tree, string name) =>
        tree?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>The field as an object; made where it is missing.</summary>
    public static JsonObject Ensure(this JsonObject tree, string name)
    {
        if (tree[name] is JsonObject found) return found;
        var made = new JsonObject();
        tree[name] = made;
        return made;
    }

    public static void Default(this JsonObject tree, string name, JsonNode value)
    {
        if (tree[name] is null || tree[name] is JsonValue text && text.TryGetValue<string>(out var present) && present.Length == 0) tree[name] = value;
    }

    public static bool TryObject(JsonNode? node, [NotNullWhen(true)] out JsonObject? tree)
    {
        tree = node as JsonObject;
        return tree is not null;
    }

    public static string Render(JsonNode? value) => value?.ToJsonString(Rendering) ?? "null";
}
