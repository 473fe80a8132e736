using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mesh.Simulation;

/// <summary>
/// The structural schema of a custom resource: defaults, pruning, validation, and how its fields merge. Rules in CEL
/// (<c>x-kubernetes-validations</c>) and formats are not evaluated.
/// </summary>
internal static class CustomSchema
{
    /// <summary>Fills in the defaults of what is there, from the outside in.</summary>
    public static void Default(JsonNode? node, JsonObject? schema)
    {
        if (node is JsonObject tree)
        {
            foreach (var (name, property) in schema.Object("properties") ?? [])
            {
                if (tree[name] is null && property is JsonObject one && one["default"] is { } value && !(tree.ContainsKey(name) && one.IsTrue("nullable")))
                    tree[name] = value.DeepClone();
            }

            foreach (var (name, value) in tree) Default(value, Of(schema, name));
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list) Default(item, schema.Object("items"));
        }
    }

    /// <summary>Takes out what the schema does not know.</summary>
    public static void Prune(JsonNode? node, JsonObject? schema)
    {
        if (node is JsonObject tree)
        {
            foreach (var (name, value) in tree.ToList())
            {
                var below = Of(schema, name);
                if (below is not null) Prune(value, below);
                else if (!Keeps(schema)) tree.Remove(name);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list) Prune(item, schema.Object("items"));
        }
    }

    public static void Validate(JsonNode? node, JsonObject? schema, string path, FieldErrors errors)
    {
        if (schema is null || node is null) return;
        if (TypeProblem(node, schema) is { } expected)
        {
            errors.WrongType(path, NameOf(node), expected);
            return;
        }

        if (schema.Array("enum") is { } allowed && !allowed.Any(one => JsonNode.DeepEquals(one, node)))
            errors.NotSupported(path, node, allowed.Select(JsonFields.Text));
        switch (node)
        {
            case JsonObject tree:
                foreach (var name in (schema.Array("required") ?? []).Select(JsonFields.Text))
                {
                    if (!tree.ContainsKey(name)) errors.Required(Join(path, name));
                }

                foreach (var (name, value) in tree) Validate(value, Of(schema, name), Join(path, name), errors);
                break;
            case JsonArray list:
                Count(list.Count, schema, "minItems", "maxItems", path, errors);
                for (var i = 0; i < list.Count; i++) Validate(list[i], schema.Object("items"), $"{path}[{i}]", errors);
                break;
            case JsonValue value:
                Value(value, schema, path, errors);
                break;
        }
    }

    /// <summary>How objects of the schema merge.</summary>
    public static FieldShape ShapeOf(JsonObject? schema)
    {
        if (schema is null) return FieldShape.Any;
        if (schema.Text("x-kubernetes-list-type") is var listType && listType == "set") return FieldShape.Set;
        if (schema.Text("x-kubernetes-map-type") == "atomic") return new FieldShape { IsAtomic = true, IsClosed = false };
        var items = schema.Object("items") ?? schema["additionalProperties"] as JsonObject;
        var keys = listType != "map" ? [] : (schema.Array("x-kubernetes-list-map-keys") ?? []).Select(JsonFields.Text)
            .Select(key => (key, schema.Object("items").Object("properties").Object(key)?["default"] is JsonValue value ? JsonFields.Text(value) : null)).ToArray();
        return new FieldShape
        {
            Fields = (schema.Object("properties") ?? []).ToDictionary(static one => one.Key, static one => ShapeOf(one.Value as JsonObject)),
            Items = items is null ? null : ShapeOf(items),
            Keys = keys,
            IsClosed = schema.Object("properties") is not null && !Keeps(schema) && schema["additionalProperties"] is null,
        };
    }

    private static JsonObject? Of(JsonObject? schema, string name) =>
        schema.Object("properties").Object(name) ?? schema?["additionalProperties"] as JsonObject;

    /// <summary>Whether what is not described stays.</summary>
    private static bool Keeps(JsonObject? schema) =>
        schema is null || schema.IsTrue("x-kubernetes-preserve-unknown-fields") || schema.IsTrue("additionalProperties") || schema.IsTrue("x-kubernetes-embedded-resource");

    private static string? TypeProblem(JsonNode node, JsonObject schema)
    {
        if (schema.IsTrue("x-kubernetes-int-or-string")) return node.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? null : "integer,string";
        var type = schema.Text("type");
        var fits = type switch
        {
            "object" => node is JsonObject,
            "array" => node is JsonArray,
            "string" => node.GetValueKind() == JsonValueKind.String,
            "boolean" => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "number" => node.GetValueKind() == JsonValueKind.Number,
            "integer" => node.GetValueKind() == JsonValueKind.Number && decimal.IsInteger(Number(node)),
            _ => true,
        };
        return fits ? null : type;
    }

    private static void Value(JsonValue value, JsonObject schema, string path, FieldErrors errors)
    {
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = Number(value);
            if (Limit(schema, "minimum") is { } least && (number < least || schema.IsTrue("exclusiveMinimum") && number == least))
                errors.Invalid(path, value.DeepClone(), $"{path} in body should be greater than {(schema.IsTrue("exclusiveMinimum") ? "" : "or equal to ")}{schema["minimum"]!.ToJsonString()}");
            if (Limit(schema, "maximum") is { } most && (number > most || schema.IsTrue("exclusiveMaximum") && number == most))
                errors.Invalid(path, value.DeepClone(), $"{path} in body should be less than {(schema.IsTrue("exclusiveMaximum") ? "" : "or equal to ")}{schema["maximum"]!.ToJsonString()}");
            return;
        }

        if (value.GetValueKind() != JsonValueKind.String) return;
        var text = JsonFields.Text(value);
        if (Limit(schema, "maxLength") is { } longest && text.Length > longest) errors.TooLong(path, $"may not be more than {longest} bytes");
        if (Limit(schema, "minLength") is { } shortest && text.Length < shortest)
            errors.Invalid(path, text, $"{path} in body should be at least {shortest} chars long");
        if (schema.Text("pattern") is { Length: > 0 } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            errors.Invalid(path, text, $"{path} in body should match '{pattern}'");
    }

    private static void Count(int count, JsonObject schema, string least, string most, string path, FieldErrors errors)
    {
        if (Limit(schema, most) is { } limit && count > limit) errors.TooMany(path, count, (int)limit);
        if (Limit(schema, least) is { } few && count < few) errors.Invalid(path, count, $"{path} in body should have at least {few} items");
    }

    private static decimal? Limit(JsonObject schema, string name) =>
        schema[name] is JsonValue value ? Number(value) : null;

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string NameOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => decimal.IsInteger(Number(node)) ? "integer" : "number",
        _ => "boolean",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}
