namespace Mesh.Simulation;

/// <summary>One answer to a list.</summary>
internal sealed record ListPage(long Revision, IReadOnlyList<StoredObject> Objects, string Continue, long? Remaining);
