using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>The store inside one write.</summary>
internal readonly struct StoreWriter(ObjectStore store)
{
    public StoredObject? Find(ResourceType type, string @namespace, string name) =>
        store.Table(type).Find(StoredObject.KeyOf(@namespace, name));

    public StoredObject[] All(ResourceType type) => store.Table(type).Sorted();

    /// <summary>Stores the tree as a new version.</summary>
    public StoredObject Put(ResourceType type, JsonObject tree, StoredObject? previous)
    {
        var stored = StoredObject.From(tree, store.NextRevision());
        store.Table(type).Apply(new StoreEvent(previous is null ? StoreEventType.Added : StoreEventType.Modified, stored, previous));
        return stored;
    }

    /// <summary>Takes the object away; what is returned is its last state under the deletion's revision.</summary>
    public StoredObject Remove(ResourceType type, StoredObject last)
    {
        var previous = store.Table(type).Find(last.Key)!;
        var removed = last.At(store.NextRevision());
        store.Table(type).Apply(new StoreEvent(StoreEventType.Deleted, removed, previous));
        type.Rules.Removed(removed);
        return removed;
    }
}
