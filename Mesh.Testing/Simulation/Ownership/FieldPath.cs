using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>The elements of a path in a <see cref="FieldSet"/>.</summary>
internal static class FieldPath
{
    public static string Field(string name) => "f:" + name;

    /// <summary>The element of an item of an associative list; <see langword="null"/> where the item lacks a key.</summary>
    public static string? Item(JsonNode? item, FieldShape list)
    {
        if (list.IsSet) return "v:" + JsonFields.Render(item);
        if (item is not JsonObject tree) return null;
        var key = new JsonObject();
        foreach (var (name, fallback) in list.Keys.OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            if (tree[name] is { } value) key[name] = value.DeepClone();
            else if (fallback is not null) key[name] = fallback;
            else return null;
        }

        return "k:" + JsonFields.Render(key);
    }

    /// <summary>As an error message shows it.</summary>
    public static string Show(string element)
    {
        var rest = element[2..];
        return element[0] switch
        {
            'f' => "." + rest,
            'v' => $"[={rest}]",
            _ => $"[{string.Join(',', JsonNode.Parse(rest)!.AsObject().Select(static one => $"{one.Key}={JsonFields.Render(one.Value)}"))}]",
        };
    }
}
