using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Types whose <c>status</c> is a subresource: a create drops it, an ordinary update keeps the old one.</summary>
internal class StatusResourceRules : ResourceRules
{
    public override void PrepareCreate(JsonObject tree) => tree.Remove("status");

    public override void PrepareApply(JsonObject applied, bool status)
    {
        if (!status) applied.Remove("status");
        else foreach (var (name, _) in applied.ToList().Where(static one => one.Key is not ("metadata" or "status"))) applied.Remove(name);
    }

    public override void PrepareUpdate(JsonObject tree, JsonObject old)
    {
        tree.Remove("status");
        if (old["status"] is { } status) tree["status"] = status.DeepClone();
    }
}
