using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Roles and ClusterRoles.</summary>
internal sealed class RoleRules : ResourceRules
{
    public override string? NameProblem(string name) => NameRules.PathSegmentProblem(name);

    public override void Default(JsonObject tree)
    {
        if (tree.Array("rules") is not { Count: > 0 }) tree["rules"] = null;
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var rules = tree.Array("rules") ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i] as JsonObject;
            if (rule.Array("verbs") is not { Count: > 0 }) errors.Required($"rules[{i}].verbs");
            if (rule.Array("nonResourceURLs") is { Count: > 0 }) continue;
            if (rule.Array("apiGroups") is not { Count: > 0 }) errors.Required($"rules[{i}].apiGroups", "resource rules must supply at least one api group");
            if (rule.Array("resources") is not { Count: > 0 }) errors.Required($"rules[{i}].resources", "resource rules must supply at least one resource");
        }
    }
}
