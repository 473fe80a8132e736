using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>RoleBindings and ClusterRoleBindings: the role is fixed, the subjects are not.</summary>
internal sealed class RoleBindingRules(bool clusterWide) : ResourceRules
{
    private const string Group = "rbac.authorization.k8s.io";

    public override string? NameProblem(string name) => NameRules.PathSegmentProblem(name);

    public override void Default(JsonObject tree)
    {
        tree.Object("roleRef")?.Default("apiGroup", Group);
        foreach (var subject in tree.Array("subjects")?.OfType<JsonObject>() ?? [])
        {
            if (subject.Text("kind") is "User" or "Group") subject.Default("apiGroup", Group);
        }
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var role = tree.Object("roleRef");
        string[] kinds = clusterWide ? ["ClusterRole"] : ["ClusterRole", "Role"];
        if (!kinds.Contains(role.Text("kind"))) errors.NotSupported("roleRef.kind", role.Text("kind"), kinds);
        if (role.Text("name").Length == 0) errors.Required("roleRef.name");
        if (old is not null && !JsonNode.DeepEquals(old["roleRef"], role))
        {
            var shown = new JsonObject { ["APIGroup"] = role.Text("apiGroup"), ["Kind"] = role.Text("kind"), ["Name"] = role.Text("name") };
            errors.Invalid("roleRef", shown, "field is immutable");
        }

        var subjects = tree.Array("subjects") ?? [];
        for (var i = 0; i < subjects.Count; i++)
        {
            var subject = subjects[i] as JsonObject;
            if (subject.Text("name").Length == 0) errors.Required($"subjects[{i}].name");
            var kind = subject.Text("kind");
            if (kind is not ("User" or "Group" or "ServiceAccount"))
                errors.NotSupported($"subjects[{i}].kind", kind, "Group", "ServiceAccount", "User");
            else if (kind == "ServiceAccount" && subject.Text("namespace").Length == 0) errors.Required($"subjects[{i}].namespace");
        }
    }
}
