using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>CustomResourceDefinitions: names by default, and what they may not be.</summary>
internal sealed class DefinitionRules : StatusResourceRules
{
    public override void Default(JsonObject tree)
    {
        var spec = tree.Ensure("spec");
        spec.Ensure("conversion").Default("strategy", "None");
        var names = spec.Ensure("names");
        var kind = names.Text("kind");
        if (kind.Length == 0) return;
        names.Default("singular", kind.ToLowerInvariant());
        names.Default("listKind", kind + "List");
    }

    public override void PrepareCreate(JsonObject tree) => tree["status"] = new JsonObject
    {
        ["conditions"] = null,
        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
        ["storedVersions"] = new JsonArray([.. Versions(tree).Where(static one => one.IsTrue("storage")).Select(static one => (JsonNode)one.Text("name"))]),
    };

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var spec = tree.Object("spec");
        var (group, names) = (spec.Text("group"), spec.Object("names"));
        var name = ObjectTree.Metadata(tree).Text("name");
        if (name != names.Text("plural") + "." + group) errors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        if (group.Length == 0) errors.Required("spec.group");
        else if (NameRules.SubdomainProblem(group) is { } badGroup) errors.Invalid("spec.group", group, badGroup);
        if (spec.Text("scope") is var scope and not ("Namespaced" or "Cluster")) errors.NotSupported("spec.scope", scope, "Cluster", "Namespaced");
        if (names.Text("plural").Length == 0) errors.Required("spec.names.plural");
        if (names.Text("kind").Length == 0) errors.Required("spec.names.kind");
        Versions(spec.Array("versions") ?? [], errors);
        if (old is null) return;
        foreach (var field in (string[])["group", "scope"])
        {
            if (old.Object("spec").Text(field) != spec.Text(field)) errors.Invalid("spec." + field, spec.Text(field), "field is immutable");
        }
    }

    /// <summary>What this server cannot do with a definition; <see langword="null"/> where it can.</summary>
    public static string? Beyond(JsonObject tree)
    {
        var spec = tree.Object("spec");
        if (spec.Object("conversion").Text("strategy") is not ("" or "None")) return "conversion webhooks of custom resources";
        var schemas = Versions(tree).Where(static one => one.IsTrue("served")).Select(static one => one["schema"]).ToList();
        return schemas.TrueForAll(one => JsonNode.DeepEquals(one, schemas[0])) ? null : "custom resources whose versions have different schemas";
    }

    public static IEnumerable<JsonObject> Versions(JsonObject tree) => (tree.Object("spec").Array("versions") ?? []).OfType<JsonObject>();

    private static void Versions(JsonArray versions, FieldErrors errors)
    {
        if (versions.Count == 0) errors.Required("spec.versions");
        else if (versions.Count(static one => (one as JsonObject).IsTrue("storage")) != 1)
            errors.Invalid("spec.versions", versions.DeepClone(), "must have exactly one version marked as storage version");
        for (var i = 0; i < versions.Count; i++)
        {
            var version = versions[i] as JsonObject;
            if (NameRules.LabelProblem(version.Text("name")) is { } bad) errors.Invalid($"spec.versions[{i}].name", version.Text("name"), bad);
            if (version.Object("schema").Object("openAPIV3Schema") is not { } schema) errors.Required($"spec.versions[{i}].schema.openAPIV3Schema");
            else if (schema.Text("type") != "object") errors.Invalid($"spec.versions[{i}].schema.openAPIV3Schema.type", schema.Text("type"), "must be object at the root");
        }
    }
}
