using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Reads sets of fields from objects.</summary>
internal static class FieldSets
{
    /// <summary>What whoever applies the object owns: its leaves, and list items as such.</summary>
    public static FieldSet Applied(JsonNode? tree, FieldShape shape)
    {
        var set = new FieldSet();
        Collect(set, tree, shape, containers: false);
        return set;
    }

    /// <summary>Every path of the object, containers as well.</summary>
    public static FieldSet All(JsonNode? tree, FieldShape shape)
    {
        var set = new FieldSet();
        Collect(set, tree, shape, containers: true);
        return set;
    }

    /// <summary>The leaves that both objects have and that differ.</summary>
    public static FieldSet Modified(JsonNode? before, JsonNode? after, FieldShape shape)
    {
        var set = new FieldSet();
        Compare(set, before, after, shape);
        return set.Trimmed();
    }

    private static void Collect(FieldSet set, JsonNode? node, FieldShape shape, bool containers)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } tree when !shape.IsAtomic:
                if (containers) set.Add();
                foreach (var (name, value) in tree) Collect(set.Below(FieldPath.Field(name)), value, shape.Field(name), containers);
                break;
            case JsonArray { Count: > 0 } list when shape.IsAssociative:
                if (containers) set.Add();
                foreach (var item in list)
                {
                    if (FieldPath.Item(item, shape) is not { } element) continue;
                    var below = set.Below(element);
                    Collect(below, item, shape.Items ?? FieldShape.Any, containers);
                    below.Add();
                }

                break;
            default:
                set.Add();
                break;
        }
    }

    private static void Compare(FieldSet set, JsonNode? before, JsonNode? after, FieldShape shape)
    {
        switch (before, after)
        {
            case (JsonObject { Count: > 0 } left, JsonObject { Count: > 0 } right) when !shape.IsAtomic:
                foreach (var (name, value) in right)
                {
                    if (left.TryGetPropertyValue(name, out var old)) Compare(set.Below(FieldPath.Field(name)), old, value, shape.Field(name));
                }

                break;
            case (JsonArray { Count: > 0 } left, JsonArray { Count: > 0 } right) when shape.IsAssociative:
                var known = left.Select(item => (Element: FieldPath.Item(item, shape), Item: item)).Where(static one => one.Element is not null)
                    .DistinctBy(static one => one.Element).ToDictionary(static one => one.Element!, static one => one.Item, StringComparer.Ordinal);
                foreach (var item in right)
                {
                    if (FieldPath.Item(item, shape) is { } element && known.TryGetValue(element, out var old))
                        Compare(set.Below(element), old, item, shape.Items ?? FieldShape.Any);
                }

                break;
            default:
                if (!IsContainer(before, shape) && !IsContainer(after, shape) && !JsonNode.DeepEquals(before, after)) set.Add();
                break;
        }
    }

    private static bool IsContainer(JsonNode? node, FieldShape shape) =>
        node is JsonObject { Count: > 0 } && !shape.IsAtomic || node is JsonArray { Count: > 0 } && shape.IsAssociative;
}
