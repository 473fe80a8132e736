namespace Mesh.Watch;

/// <summary>What a caller's decoder made of an object, and who the object is.</summary>
internal sealed record CallerItem<T>(string? Namespace, string Name, string ResourceVersion, T Item) : IWatchedObject;
