using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Instances of CRDs with a status subresource: an update of <c>/status</c> leaves labels and annotations alone too.</summary>
internal class CustomResourceRules : StatusResourceRules
{
    public override void PrepareStatusUpdate(JsonObject tree, JsonObject old)
    {
        base.PrepareStatusUpdate(tree, old);
        var metadata = ObjectTree.Metadata(old).DeepClone().AsObject();
        if (ObjectTree.Metadata(tree)["resourceVersion"] is { } given) metadata["resourceVersion"] = given.DeepClone();
        tree["metadata"] = metadata;
    }
}
