using System.Globalization;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>Takes objects away: at once, after a grace period, or when the last finalizer is gone. Empties namespaces.</summary>
internal sealed class Deletion(ObjectStore store, ServedCatalog catalog, CustomResources custom, BuiltInResources resources, TimeProvider time)
{
    /// <summary>Deletes one object. The flag says that it is gone, and not only marked.</summary>
    public (StoredObject Object, bool Gone) Delete(ResourceType type, string @namespace, string name, DeletionOptions options) =>
        store.Write(writer => Delete(writer, type, writer.Find(type, @namespace, name) ?? throw Refuse.NotFound(type, name), options));

    /// <summary>Deletes what the filter finds and returns it as it was.</summary>
    public IReadOnlyList<StoredObject> DeleteAll(ResourceType type, ObjectFilter filter, DeletionOptions options) =>
        store.Write(writer =>
        {
            var found = writer.All(type).Where(filter.Matches).ToList();
            foreach (var one in found) Delete(writer, type, one, options);
            return found;
        });

    /// <summary>Nothing holds the object any more: it was marked, its grace has ended and no finalizer is left.</summary>
    public static bool IsComplete(ResourceType type, JsonObject tree)
    {
        var metadata = ObjectTree.Metadata(tree);
        return ObjectTree.IsDeleting(metadata) && !ObjectTree.HasFinalizers(metadata) && tree.Object("spec").Array("finalizers") is not { Count: > 0 }
            && (!metadata.TryNumber("deletionGracePeriodSeconds", out var grace) || grace == 0);
    }

    /// <summary>Removes it; the namespace that waited for it goes too.</summary>
    public StoredObject Finish(StoreWriter writer, ResourceType type, StoredObject stored, StoredObject last)
    {
        writer.Remove(type, last);
        if (type == resources.Definitions && custom.Find(last) is { } defined) custom.Withdraw(defined);
        if (type.IsDefined && writer.Find(resources.Definitions, "", type.QualifiedPlural) is { } definition) FinishDefinition(writer, type, definition);
        if (stored.Namespace.Length > 0 && writer.Find(resources.Namespaces, "", stored.Namespace) is { } owner
            && ObjectTree.IsDeleting(ObjectTree.Metadata(owner.ToTree()))) Empty(writer, owner);
        return last;
    }

    private (StoredObject Object, bool Gone) Delete(StoreWriter writer, ResourceType type, StoredObject stored, DeletionOptions options)
    {
        Check(type, stored, options);
        if (options.DryRun) return (stored, true);
        var tree = stored.ToTree();
        var metadata = ObjectTree.Metadata(tree);
        if (type == resources.Namespaces) return (DeleteNamespace(writer, stored, tree), false);
        if (type == resources.Definitions) return (DeleteDefinition(writer, stored, tree), false);

        var grace = type.Rules.GraceSeconds(tree, options.GraceSeconds);
        if (ObjectTree.IsDeleting(metadata) && (grace > 0 || ObjectTree.HasFinalizers(metadata))) return (stored, false);
        if (grace == 0 && !ObjectTree.HasFinalizers(metadata))
        {
            var gone = writer.Remove(type, stored);
            return (gone, true);
        }

        Mark(tree, metadata, grace);
        return (writer.Put(type, tree, stored), false);
    }

    private static void Check(ResourceType type, StoredObject stored, DeletionOptions options)
    {
        if (options.Uid.Length > 0 && options.Uid != stored.Uid)
        {
            throw Refuse.Precondition(
                type, stored.Name, $"the UID in the precondition ({options.Uid}) does not match the UID in record ({stored.Uid}). The object might have been deleted and then recreated");
        }

        var revision = stored.Revision.ToString(CultureInfo.InvariantCulture);
        if (options.ResourceVersion.Length > 0 && options.ResourceVersion != revision)
        {
            throw Refuse.Precondition(
                type, stored.Name, $"the ResourceVersion in the precondition ({options.ResourceVersion}) does not match the ResourceVersion in record ({revision}). The object might have been modified");
        }
    }

    private StoredObject DeleteNamespace(StoreWriter writer, StoredObject stored, JsonObject tree)
    {
        var metadata = ObjectTree.Metadata(tree);
        if (ObjectTree.IsDeleting(metadata)) return stored;
        metadata["deletionTimestamp"] = ObjectTree.Time(time.GetUtcNow());
        ObjectTree.Reorder(tree);
        tree.Ensure("status")["phase"] = "Terminating";
        var marked = writer.Put(resources.Namespaces, tree, stored);
        foreach (var type in catalog.Current.Types.Where(static type => type.Namespaced))
        {
            foreach (var one in new StoreSnapshot(0, writer.All(type)).In(stored.Name))
                Delete(writer, type, one, new DeletionOptions("", "", 0, false));
        }

        Empty(writer, marked);
        return marked;
    }

    private StoredObject DeleteDefinition(StoreWriter writer, StoredObject stored, JsonObject tree)
    {
        var metadata = ObjectTree.Metadata(tree);
        if (ObjectTree.IsDeleting(metadata)) return stored;
        metadata["deletionTimestamp"] = ObjectTree.Time(time.GetUtcNow());
        CustomResources.MarkDeleting(tree, time.GetUtcNow());
        ObjectTree.Reorder(tree);
        var marked = writer.Put(resources.Definitions, tree, stored);
        if (custom.Find(marked) is not { } type) return marked;
        foreach (var one in writer.All(type)) Delete(writer, type, one, new DeletionOptions("", "", 0, false));
        FinishDefinition(writer, type, marked);
        return marked;
    }

    /// <summary>Lets a marked definition go once none of its objects is left.</summary>
    private void FinishDefinition(StoreWriter writer, ResourceType type, StoredObject definition)
    {
        var tree = definition.ToTree();
        if (!ObjectTree.IsDeleting(ObjectTree.Metadata(tree)) || writer.All(type).Length > 0) return;
        var metadata = ObjectTree.Metadata(tree);
        var left = (metadata.Array("finalizers") ?? []).Select(JsonFields.Text).Where(static one => one != CustomResources.Finalizer).ToList();
        metadata["finalizers"] = new JsonArray([.. left.Select(static one => (JsonNode)one)]);
        ObjectTree.Reorder(tree);
        if (left.Count > 0) writer.Put(resources.Definitions, tree, definition);
        else
        {
            writer.Remove(resources.Definitions, StoredObject.From(tree, definition.Revision));
            custom.Withdraw(type);
        }
    }

    /// <summary>Lets a marked namespace go once nothing is left in it.</summary>
    private void Empty(StoreWriter writer, StoredObject owner)
    {
        foreach (var type in catalog.Current.Types)
        {
            if (type.Namespaced && new StoreSnapshot(0, writer.All(type)).In(owner.Name).Count > 0) return;
        }

        var tree = owner.ToTree();
        tree.Object("spec")?.Remove("finalizers");
        if (!ObjectTree.HasFinalizers(ObjectTree.Metadata(tree))) writer.Remove(resources.Namespaces, StoredObject.From(tree, owner.Revision));
    }

    private void Mark(JsonObject tree, JsonObject metadata, long grace)
    {
        metadata["deletionTimestamp"] = ObjectTree.Time(time.GetUtcNow() + TimeSpan.FromSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        Generations.Advance(metadata);
        ObjectTree.Reorder(tree);
    }
}
