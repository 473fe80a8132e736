using System.Globalization;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// What follows from definitions: a new one is established and served by a second write, as by the real server's controllers; a deleted one takes
/// its objects with it and is served no more.
/// </summary>
internal sealed class CustomResources(ServedCatalog catalog, BuiltInResources resources, WatchRegistry watches, TimeProvider time)
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>Serves a definition that was just stored.</summary>
    public void Establish(StoreWriter writer, StoredObject stored)
    {
        var tree = stored.ToTree();
        var spec = tree.Object("spec")!;
        tree["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted")),
            ["acceptedNames"] = spec["names"]!.DeepClone(),
            ["storedVersions"] = tree.Object("status")?["storedVersions"]?.DeepClone(),
        };
        new ManagedFields(resources.Definitions, time).Update(stored.ToTree(), tree, new FieldManager("kube-apiserver", false, resources.Definitions.Served[0].ApiVersion, "status"));
        ObjectTree.Reorder(tree);
        writer.Put(resources.Definitions, tree, stored);
        Serve(tree);
    }

    /// <summary>Serves a definition as it is now; objects stay.</summary>
    public void Serve(JsonObject tree)
    {
        var names = tree.Object("spec").Object("names");
        var group = tree.Object("spec").Text("group");
        // The types of the multi-cluster group are served from the start; their definitions say no more.
        if (catalog.Current.Types.Any(type => type.Group == group && type.Plural == names.Text("plural") && !type.IsDefined)) return;
        catalog.Serve(TypeOf(tree));
    }

    /// <summary>Marks a definition whose deletion has begun.</summary>
    public static void MarkDeleting(JsonObject tree, DateTimeOffset now)
    {
        var metadata = ObjectTree.Metadata(tree);
        metadata["finalizers"] = new JsonArray(Finalizer);
        (tree.Ensure("status")["conditions"] as JsonArray)?.Add(new JsonObject
        {
            ["type"] = "Terminating",
            ["status"] = "True",
            ["lastTransitionTime"] = ObjectTree.Time(now),
            ["reason"] = "InstanceDeletionPending",
            ["message"] = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        });
    }

    /// <summary>The type that a definition defines, as it is served.</summary>
    public ResourceType? Find(StoredObject definition)
    {
        var spec = definition.ToTree().Object("spec");
        return catalog.Current.Types.FirstOrDefault(type => type.Group == spec.Text("group") && type.Plural == spec.Object("names").Text("plural"));
    }

    /// <summary>Ends the serving of a type: its watches end, and its paths are unknown.</summary>
    public void Withdraw(ResourceType type)
    {
        if (!type.IsDefined) return;
        catalog.Withdraw(type);
        watches.End(type);
    }

    private static ResourceType TypeOf(JsonObject tree)
    {
        var spec = tree.Object("spec")!;
        var names = spec.Object("names")!;
        var versions = DefinitionRules.Versions(tree).Where(static one => one.IsTrue("served")).ToList();
        var schema = DefinitionRules.Versions(tree).First(static one => one.IsTrue("storage")).Object("schema").Object("openAPIV3Schema")!.DeepClone().AsObject();
        var hasStatus = versions.Exists(static one => one.Object("subresources")?.ContainsKey("status") == true);
        return new ResourceType(spec.Text("group"), [.. versions.Select(static one => one.Text("name"))], names.Text("plural"), names.Text("kind"), new SchemaRules(schema, hasStatus))
        {
            Singular = names.Text("singular"),
            Namespaced = spec.Text("scope") == "Namespaced",
            HasStatus = hasStatus,
            Custom = true,
            IsDefined = true,
            UnconditionalUpdate = false,
            Generation = hasStatus ? GenerationRule.Content : GenerationRule.ContentAndStatus,
            Shape = CustomSchema.ShapeOf(schema).With(("metadata", FieldShapes.Metadata)),
            ShortNames = [.. (names.Array("shortNames") ?? []).Select(JsonFields.Text)],
            Categories = [.. (names.Array("categories") ?? []).Select(JsonFields.Text)],
        };
    }

    private JsonObject Condition(string type, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = ObjectTree.Time(time.GetUtcNow()),
        ["reason"] = reason,
        ["message"] = message,
    };
}
