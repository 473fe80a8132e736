using System.Globalization;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// The canonical form of an object between request and store: no kind and apiVersion, metadata in the server's order, nothing null or empty
/// in it.
/// </summary>
internal static class ObjectTree
{
    private static readonly string[] MetadataOrder =
    [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ];

    public static JsonObject Canonical(JsonObject body)
    {
        var tree = new JsonObject { ["metadata"] = CanonicalMetadata(body.Object("metadata")) };
        foreach (var (name, value) in body)
        {
            if (name is "kind" or "apiVersion" or "metadata" || value is null) continue;
            tree[name] = WithoutNulls(value);
        }

        return tree;
    }

    public static JsonObject Metadata(JsonObject tree) => (JsonObject)tree["metadata"]!;

    public static long Revision(JsonObject metadata) =>
        long.TryParse(metadata.Text("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    public static void SetRevision(JsonObject metadata, long revision) =>
        metadata["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);

    public static bool HasFinalizers(JsonObject metadata) => metadata.Array("finalizers") is { Count: > 0 };

    public static bool IsDeleting(JsonObject metadata) => metadata["deletionTimestamp"] is not null;

    /// <summary>Times are whole seconds in UTC, as in every object's metadata.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Puts the metadata in order again after fields were added.</summary>
    public static void Reorder(JsonObject tree) => tree["metadata"] = CanonicalMetadata(Metadata(tree));

    private static JsonObject CanonicalMetadata(JsonObject? given)
    {
        var metadata = new JsonObject();
        if (given is null) return metadata;
        foreach (var name in MetadataOrder)
        {
            if (given[name] is { } value && !IsEmpty(value)) metadata[name] = WithoutNulls(value);
        }

        return metadata;
    }

    private static bool IsEmpty(JsonNode value) => value switch
    {
        JsonObject tree => tree.Count == 0,
        JsonArray array => array.Count == 0,
        _ => value.GetValueKind() == System.Text.Json.JsonValueKind.String && JsonFields.Text(value).Length == 0,
    };

    private static JsonNode WithoutNulls(JsonNode value)
    {
        switch (value)
        {
            case JsonObject tree:
                var kept = new JsonObject();
                foreach (var (name, inner) in tree)
                {
                    if (inner is not null) kept[name] = WithoutNulls(inner);
                }

                return kept;
            case JsonArray array:
                return new JsonArray([.. array.Select(static inner => inner is null ? null : WithoutNulls(inner))]);
            default:
                return value.DeepClone();
        }
    }
}
