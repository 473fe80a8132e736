using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>ServiceImports: what the CRD's schema requires.</summary>
internal sealed class ServiceImportRules : CustomResourceRules
{
    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        if (tree.Object("spec") is not { } spec) return;
        if (spec.Array("ports") is null) errors.Required("spec.ports");
        if (spec["type"] is null) errors.Required("spec.type");
        else if (spec.Text("type") is var type and not ("ClusterSetIP" or "Headless")) errors.NotSupported("spec.type", type, "ClusterSetIP", "Headless");
    }
}
