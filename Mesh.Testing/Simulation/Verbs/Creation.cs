using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Makes new objects.</summary>
internal sealed class Creation(ObjectStore store, BuiltInResources resources, CustomResources custom, TimeProvider time, GeneratedNames names)
{
    public StoredObject Create(ResourceType type, string @namespace, JsonObject body, WriteOptions options) =>
        store.Write(writer => Create(writer, type, @namespace, body, options));

    public StoredObject Create(StoreWriter writer, ResourceType type, string @namespace, JsonObject body, WriteOptions options)
    {
        var tree = ObjectTree.Canonical(body);
        var metadata = ObjectTree.Metadata(tree);
        if (metadata.Text("resourceVersion") is not ("" or "0"))
            throw new ApiException(new ApiStatus(500, "", "resourceVersion should not be set on objects to be created"));
        if (type.Namespaced)
        {
            metadata["namespace"] = @namespace;
            RequireLiveNamespace(writer, type, @namespace, metadata.Text("name"));
        }

        if (type.IsDefined && writer.Find(resources.Definitions, "", type.QualifiedPlural) is { } definition && ObjectTree.IsDeleting(ObjectTree.Metadata(definition.ToTree())))
            throw new ApiException(new ApiStatus(405, "MethodNotAllowed", $"create not allowed while custom resource definition is terminating") { Details = new StatusDetails("", type.Group, type.Plural) });
        if (metadata.Text("name").Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix) metadata["name"] = names.From(prefix);
        var now = time.GetUtcNow();
        if (!options.OwnersKnown) metadata.Remove("managedFields");
        metadata["uid"] = Guid.CreateVersion7(now).ToString();
        metadata["creationTimestamp"] = ObjectTree.Time(now);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("generation");
        if (type.Generation != GenerationRule.None) metadata["generation"] = 1;
        type.Rules.Default(tree);
        if (options is { OwnersKnown: false, Manager: { } manager }) new ManagedFields(type, time).Update(null, tree, manager);
        type.Rules.PrepareCreate(tree);
        ObjectTree.Reorder(tree);
        metadata = ObjectTree.Metadata(tree);

        var errors = new FieldErrors();
        ObjectMetaRules.Validate(type, metadata, null, errors);
        type.Rules.Validate(tree, null, errors);
        var name = metadata.Text("name");
        if (errors.All.Count > 0) throw Refuse.Invalid(type.Kind, type.Group, name, errors.All);
        if (writer.Find(type, metadata.Text("namespace"), name) is not null) throw Refuse.AlreadyExists(type, name);
        if (type == resources.Definitions && DefinitionRules.Beyond(tree) is { } beyond) throw Refuse.NotSimulated(beyond);
        if (options.DryRun) return StoredObject.Unstored(tree);
        type.Rules.Allocate(tree, null, errors);
        if (errors.All.Count > 0) throw Refuse.Invalid(type.Kind, type.Group, name, errors.All);
        var made = writer.Put(type, tree, null);
        if (type == resources.Definitions) custom.Establish(writer, made);
        if (type == resources.Namespaces)
            Create(writer, resources.ServiceAccounts, name, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } }, default);
        return made;
    }

    private void RequireLiveNamespace(StoreWriter writer, ResourceType type, string @namespace, string name)
    {
        var owner = writer.Find(resources.Namespaces, "", @namespace) ?? throw Refuse.NamespaceNotFound(@namespace);
        if (!ObjectTree.IsDeleting(ObjectTree.Metadata(owner.ToTree()))) return;
        var message = $"{type.QualifiedPlural} \"{name}\" is forbidden: unable to create new content in namespace {@namespace} because it is being terminated";
        throw new ApiException(new ApiStatus(403, "Forbidden", message)
        {
            Details = new StatusDetails(name, type.Group, type.Plural)
            {
                Causes = [new StatusCause("NamespaceTerminating", $"namespace {@namespace} is being terminated", "metadata.namespace")],
            },
        });
    }
}
