using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>When <c>metadata.generation</c> moves, and how.</summary>
internal static class Generations
{
    public static bool Moves(GenerationRule rule, JsonObject tree, JsonObject old) => rule switch
    {
        GenerationRule.Spec => !JsonNode.DeepEquals(tree["spec"], old["spec"]),
        GenerationRule.Content => !JsonNode.DeepEquals(Content(tree), Content(old)),
        GenerationRule.ContentAndLabels =>
            !JsonNode.DeepEquals(Content(tree), Content(old)) || !JsonNode.DeepEquals(ObjectTree.Metadata(tree)["labels"], ObjectTree.Metadata(old)["labels"]),
        GenerationRule.ContentAndStatus => !JsonNode.DeepEquals(Content(tree), Content(old)) || !JsonNode.DeepEquals(tree["status"], old["status"]),
        _ => false,
    };

    public static void Advance(JsonObject metadata)
    {
        if (metadata.TryNumber("generation", out var generation)) metadata["generation"] = generation + 1;
    }

    private static JsonObject Content(JsonObject tree)
    {
        var content = tree.DeepClone().AsObject();
        content.Remove("metadata");
        content.Remove("status");
        return content;
    }
}
