using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Changes objects: whole ones (PUT) and patched ones.</summary>
internal sealed class Updating(ObjectStore store, Creation creation, Deletion deletion, CustomResources custom, BuiltInResources resources, TimeProvider time)
{
    /// <summary>Replaces an object. The flag says that it was made, which some types allow.</summary>
    public (StoredObject Object, bool Created) Replace(ResourceType type, string @namespace, string name, JsonObject body, WriteOptions options) =>
        store.Write(writer =>
        {
            var stored = writer.Find(type, @namespace, name);
            if (stored is null)
            {
                if (!type.CreateOnUpdate || options.Status) throw Refuse.NotFound(type, name);
                if (body.Object("metadata") is { } metadata) metadata.Remove("resourceVersion");
                return (creation.Create(writer, type, @namespace, body, options), true);
            }

            if (body.Object("metadata").Text("uid") is { Length: > 0 } uid && uid != stored.Uid) throw Refuse.WrongUid(type, stored, uid);
            return (Update(writer, type, stored, ObjectTree.Canonical(body), options), false);
        });

    /// <summary>Changes an object by a function of its tree (with kind and apiVersion).</summary>
    public StoredObject Patch(ServedResource served, string @namespace, string name, Func<JsonObject, JsonObject> patch, WriteOptions options) =>
        store.Write(writer =>
        {
            var type = served.Type;
            var stored = writer.Find(type, @namespace, name) ?? throw Refuse.NotFound(type, name);
            var before = stored.ToTree();
            before.Insert(0, "apiVersion", served.ApiVersion);
            before.Insert(0, "kind", type.Kind);
            var body = patch(before);
            var metadata = body.Object("metadata");
            if (metadata.Text("name") is var given && given != name)
                throw Refuse.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
            if (metadata.Text("uid") is { Length: > 0 } uid && uid != stored.Uid)
            {
                var errors = new FieldErrors();
                errors.Invalid("metadata.uid", uid, "field is immutable");
                throw Refuse.Invalid(type.Kind, type.Group, name, errors.All);
            }

            return Update(writer, type, stored, ObjectTree.Canonical(body), options);
        });

    public StoredObject Update(StoreWriter writer, ResourceType type, StoredObject stored, JsonObject tree, WriteOptions options)
    {
        var old = stored.ToTree();
        var oldMetadata = ObjectTree.Metadata(old);
        var revision = ObjectTree.Revision(ObjectTree.Metadata(tree));
        if (revision != 0 && revision != stored.Revision) throw Refuse.Modified(type, stored.Name);
        var errors = new FieldErrors();
        if (revision == 0 && !type.UnconditionalUpdate) errors.Invalid("metadata.resourceVersion", 0, "must be specified for an update");

        if (options.Status) type.Rules.PrepareStatusUpdate(tree, old);
        type.Rules.Default(tree);
        if (!options.Status) type.Rules.PrepareUpdate(tree, old);
        var metadata = ObjectTree.Metadata(tree);
        foreach (var field in (string[])["name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            metadata.Remove(field);
            if (oldMetadata[field] is { } kept) metadata[field] = kept.DeepClone();
        }

        if (!options.OwnersKnown)
        {
            metadata.Remove("managedFields");
            if (oldMetadata["managedFields"] is { } owners) metadata["managedFields"] = owners.DeepClone();
        }

        ObjectTree.Reorder(tree);
        metadata = ObjectTree.Metadata(tree);
        ObjectMetaRules.Validate(type, metadata, oldMetadata, errors);
        type.Rules.Validate(tree, old, errors);
        if (errors.All.Count == 0 && !options.DryRun) type.Rules.Allocate(tree, old, errors);
        if (errors.All.Count > 0) throw Refuse.Invalid(type.Kind, type.Group, stored.Name, errors.All);
        if (Generations.Moves(type.Generation, tree, old)) Generations.Advance(metadata);
        if (IsUnchanged(tree, old, options)) return stored;
        if (options is { OwnersKnown: false, Manager: { } manager }) new ManagedFields(type, time).Update(old, tree, manager);
        if (options.DryRun) return StoredObject.From(tree, stored.Revision);
        if (Deletion.IsComplete(type, tree)) return deletion.Finish(writer, type, stored, StoredObject.From(tree, stored.Revision));
        if (type == resources.Definitions && DefinitionRules.Beyond(tree) is { } beyond) throw Refuse.NotSimulated(beyond);
        var updated = writer.Put(type, tree, stored);
        if (type == resources.Definitions) custom.Serve(tree);
        return updated;
    }

    private static bool IsUnchanged(JsonObject tree, JsonObject old, WriteOptions options)
    {
        if (!options.OwnersKnown) return JsonNode.DeepEquals(tree, old);
        var (one, other) = (tree.DeepClone().AsObject(), old.DeepClone().AsObject());
        foreach (var each in (JsonObject[])[one, other]) ObjectTree.Metadata(each).Remove("managedFields");
        return JsonNode.DeepEquals(one, other) && ManagedFields.SameOwners(tree, old);
    }
}
