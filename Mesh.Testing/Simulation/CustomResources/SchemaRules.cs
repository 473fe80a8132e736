using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Objects of a defined type: what its schema says.</summary>
internal sealed class SchemaRules(JsonObject schema, bool hasStatus) : CustomResourceRules
{
    public override void Default(JsonObject tree)
    {
        foreach (var (name, value) in tree.ToList())
        {
            if (name == "metadata") continue;
            if (schema.Object("properties")?.ContainsKey(name) == true) CustomSchema.Prune(value, schema.Object("properties").Object(name));
            else if (!schema.IsTrue("x-kubernetes-preserve-unknown-fields")) tree.Remove(name);
        }

        CustomSchema.Default(tree, schema);
    }

    public override void PrepareCreate(JsonObject tree)
    {
        if (hasStatus) base.PrepareCreate(tree);
    }

    public override void PrepareUpdate(JsonObject tree, JsonObject old)
    {
        if (hasStatus) base.PrepareUpdate(tree, old);
    }

    public override void PrepareApply(JsonObject applied, bool status)
    {
        if (hasStatus) base.PrepareApply(applied, status);
    }

    public override void Validate(JsonObject tree, JsonObject? old, FieldErrors errors)
    {
        var content = tree.DeepClone().AsObject();
        content.Remove("metadata");
        CustomSchema.Validate(content, Content(), "", errors);
    }

    /// <summary>The schema may say things of metadata and of the type's own names; those are checked elsewhere.</summary>
    private JsonObject Content()
    {
        if (schema.Array("required") is not { } required) return schema;
        var content = schema.DeepClone().AsObject();
        content["required"] = new JsonArray([.. required.Select(JsonFields.Text).Where(static name => name is not ("metadata" or "kind" or "apiVersion")).Select(static name => (JsonNode)name)]);
        return content;
    }
}
