using System.Globalization;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// JSON patch (RFC 6902). Anything that cannot be done is a failed patch; as on the real server, a replace of a missing member adds it.
/// </summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode root = target;
        foreach (var operation in operations) root = Step(root, operation as JsonObject ?? throw Refuse.PatchFailed());
        return root as JsonObject ?? throw Refuse.PatchFailed();
    }

    private static JsonNode Step(JsonNode root, JsonObject operation)
    {
        var path = Segments(operation.Text("path"));
        switch (operation.Text("op"))
        {
            case "add":
                return Put(root, path, operation["value"], insert: true);
            case "replace":
                return Put(root, path, operation["value"], insert: false);
            case "remove":
                Remove(root, path);
                return root;
            case "test":
                return JsonNode.DeepEquals(Find(root, path), operation["value"]) ? root : throw Refuse.PatchFailed();
            case "copy":
                return Put(root, path, Find(root, Segments(operation.Text("from"))), insert: true);
            case "move":
                var from = Segments(operation.Text("from"));
                var moved = Find(root, from)?.DeepClone();
                Remove(root, from);
                return Put(root, path, moved, insert: true);
            default:
                throw Refuse.PatchFailed();
        }
    }

    private static string[] Segments(string path)
    {
        if (path.Length == 0) return [];
        if (path[0] != '/') throw Refuse.PatchFailed();
        return [.. path[1..].Split('/').Select(static one => one.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var segment in path)
        {
            node = node switch
            {
                JsonObject tree when tree.TryGetPropertyValue(segment, out var value) => value,
                JsonArray array => array[Index(array, segment, array.Count - 1)],
                _ => throw Refuse.PatchFailed(),
            };
        }

        return node;
    }

    private static JsonNode Put(JsonNode root, string[] path, JsonNode? value, bool insert)
    {
        var copy = value?.DeepClone();
        if (path.Length == 0) return copy ?? throw Refuse.PatchFailed();
        switch (Find(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject tree:
                tree[path[^1]] = copy;
                return root;
            case JsonArray array when insert:
                array.Insert(path[^1] == "-" ? array.Count : Index(array, path[^1], array.Count), copy);
                return root;
            case JsonArray array:
                array[Index(array, path[^1], array.Count - 1)] = copy;
                return root;
            default:
                throw Refuse.PatchFailed();
        }
    }

    private static void Remove(JsonNode root, string[] path)
    {
        if (path.Length == 0) throw Refuse.PatchFailed();
        switch (Find(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject tree when tree.Remove(path[^1]):
                return;
            case JsonArray array:
                array.RemoveAt(Index(array, path[^1], array.Count - 1));
                return;
            default:
                throw Refuse.PatchFailed();
        }
    }

    private static int Index(JsonArray array, string segment, int last) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last && array.Count >= index
            ? index
            : throw Refuse.PatchFailed();
}
