using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Changes of object trees along a shape: the two halves of an apply.</summary>
internal static class TreeMerge
{
    /// <summary>The object with what is applied laid over it.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldShape shape)
    {
        switch (live, applied)
        {
            case (JsonObject left, JsonObject right) when !shape.IsAtomic:
                var tree = left.DeepClone().AsObject();
                foreach (var (name, value) in right) tree[name] = Merge(tree[name], value, shape.Field(name));
                return tree;
            case (JsonArray left, JsonArray right) when shape.IsAssociative:
                return MergeLists(left, right, shape);
            default:
                return applied?.DeepClone();
        }
    }

    /// <summary>The object without the fields of the set; containers that were in the set and are empty now go too.</summary>
    public static void Remove(JsonNode? node, FieldSet fields, FieldShape shape)
    {
        if (node is JsonObject tree)
        {
            foreach (var (element, below) in fields.Children)
            {
                if (element[0] != 'f') continue;
                var name = element[2..];
                if (!tree.TryGetPropertyValue(name, out var value)) continue;
                if (below.Children.Count > 0) Remove(value, below, shape.Field(name));
                if (below.IsMember && below.Children.Count == 0 || IsEmptied(tree[name], below)) tree.Remove(name);
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (FieldPath.Item(list[i], shape) is not { } element || fields.Find(element) is not { } below) continue;
                if (below.IsMember) list.RemoveAt(i);
                else Remove(list[i], below, shape.Items ?? FieldShape.Any);
            }
        }
    }

    private static bool IsEmptied(JsonNode? node, FieldSet removed) =>
        removed.Children.Count > 0 && node is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static JsonArray MergeLists(JsonArray left, JsonArray right, FieldShape shape)
    {
        var list = left.DeepClone().AsArray();
        foreach (var item in right)
        {
            var element = FieldPath.Item(item, shape);
            var at = element is null ? -1 : IndexOf(list, element, shape);
            if (at < 0) list.Add(item?.DeepClone());
            else if (!shape.IsSet) list[at] = Merge(list[at], item, shape.Items ?? FieldShape.Any);
        }

        return list;
    }

    private static int IndexOf(JsonArray list, string element, FieldShape shape)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (FieldPath.Item(list[i], shape) == element) return i;
        }

        return -1;
    }
}
