namespace Mesh.Simulation;

/// <summary>What happened to an object.</summary>
internal enum StoreEventType
{
    Added,
    Modified,
    Deleted,
}
