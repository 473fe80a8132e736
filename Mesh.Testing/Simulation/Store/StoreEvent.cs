namespace Mesh.Simulation;

/// <summary>One change. A deletion's object carries the deletion's own revision.</summary>
internal sealed record StoreEvent(StoreEventType Type, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}
