using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Namespaces: labelled with their own name, active, and held by the <c>kubernetes</c> finalizer until they are empty.</summary>
internal sealed class NamespaceRules : StatusResourceRules
{
    public override string? NameProblem(string name) => NameRules.LabelProblem(name);

    public override void Default(JsonObject tree)
    {
        var metadata = ObjectTree.Metadata(tree);
        if (metadata.Text("name") is { Length: > 0 } name) metadata.Ensure("labels")["kubernetes.io/metadata.name"] = name;
    }

    public override void PrepareCreate(JsonObject tree)
    {
        tree["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        tree["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public override void PrepareUpdate(JsonObject tree, JsonObject old)
    {
        base.PrepareUpdate(tree, old);
        if (old["spec"] is { } spec) tree["spec"] = spec.DeepClone();
    }
}
