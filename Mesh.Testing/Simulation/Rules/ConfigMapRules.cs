using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>ConfigMaps: text by key.</summary>
internal sealed class ConfigMapRules : ResourceRules
{
    public override void Default(JsonObject tree)
    {
        if (tree.Object("data") is { Count: 0 }) tree.Remove("data");
        if (tree.Object("binaryData") is { Count: 0 }) tree.Remove("binaryData");
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        foreach (var (key, value) in tree.Object("data") ?? [])
        {
            if (value is not JsonValue text || !text.TryGetValue<string>(out _)) throw Decoding.Mismatch("ConfigMap", value, "ConfigMap.data", "string");
            if (NameRules.ConfigKeyProblem(key) is { } problem) errors.Invalid($"data[{key}]", key, problem);
        }

        if (old is not null && old.IsTrue("immutable") && !JsonNode.DeepEquals(old["data"], tree["data"]))
            errors.Forbidden("data", "field is immutable when `immutable` is set");
    }
}
