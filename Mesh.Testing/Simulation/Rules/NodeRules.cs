using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Nodes: a kubelet registers itself with its status, so a create keeps it.</summary>
internal sealed class NodeRules : StatusResourceRules
{
    public override void Default(JsonObject tree)
    {
        tree.Ensure("spec");
        tree.Ensure("status");
    }

    public override void PrepareCreate(JsonObject tree)
    {
        // A node without a kubelet stays untouched by the scheduler until something says that it is ready.
        var spec = tree.Object("spec")!;
        if (spec["taints"] is null)
            spec["taints"] = new JsonArray(new JsonObject { ["key"] = "node.kubernetes.io/not-ready", ["effect"] = "NoSchedule" });
    }
}
