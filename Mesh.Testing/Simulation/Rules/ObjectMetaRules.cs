using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>What is refused in any object's metadata.</summary>
internal static class ObjectMetaRules
{
    public static void Validate(ResourceType type, JsonObject metadata, JsonObject? old, FieldErrors errors)
    {
        var name = metadata.Text("name");
        if (metadata.Text("generateName") is { Length: > 0 } prefix && old is null && type.Rules.NameProblem(prefix.TrimEnd('-', '.') is { Length: > 0 } stem ? stem : prefix) is { } badPrefix)
            errors.Invalid("metadata.generateName", prefix, badPrefix);
        if (name.Length == 0) errors.Required("metadata.name", "name or generateName is required");
        else if (old is null && type.Rules.NameProblem(name) is { } badName) errors.Invalid("metadata.name", name, badName);

        foreach (var (key, value) in metadata.Object("labels") ?? [])
        {
            if (NameRules.QualifiedNameProblem(key) is { } badKey) errors.Invalid("metadata.labels", key, badKey);
            if (NameRules.LabelValueProblem(JsonFields.Text(value)) is { } badValue) errors.Invalid("metadata.labels", value, badValue);
        }

        foreach (var (key, _) in metadata.Object("annotations") ?? [])
        {
            if (NameRules.QualifiedNameProblem(key.ToLowerInvariant()) is { } badKey) errors.Invalid("metadata.annotations", key, badKey);
        }

        if (old is null || !ObjectTree.IsDeleting(old)) return;
        var before = old.Array("finalizers")?.Select(JsonFields.Text).ToHashSet() ?? [];
        var added = (metadata.Array("finalizers") ?? []).Select(JsonFields.Text).Where(one => !before.Contains(one)).ToList();
        if (added.Count > 0)
        {
            errors.Forbidden(
                "metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(static one => $"\"{one}\""))}}}");
        }
    }

    /// <summary>Labels and annotations hold text and nothing else; said while decoding, before any rule.</summary>
    public static void RequireText(string kind, JsonObject body)
    {
        var metadata = body.Object("metadata");
        foreach (var field in (string[])["labels", "annotations"])
        {
            foreach (var (_, value) in metadata.Object(field) ?? [])
            {
                if (value is JsonValue text && text.TryGetValue<string>(out _) || value is null) continue;
                throw Decoding.Mismatch(kind, value, "ObjectMeta.metadata." + field, "string");
            }
        }
    }
}
