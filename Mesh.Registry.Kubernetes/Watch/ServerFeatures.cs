using System.Collections.Concurrent;

namespace Mesh.Watch;

/// <summary>What one server has been found not to do. For all its watchers together; safe for concurrent use.</summary>
internal sealed class ServerFeatures
{
    private readonly ConcurrentDictionary<ResourceType, bool> _jsonOnly = new();
    private volatile bool _listsOnly;

    /// <summary>Whether it may be asked to stream its state (WatchList, KEP-3157): not before 1.32, unless somebody turned it on.</summary>
    public bool StreamsLists => !_listsOnly;

    /// <summary>Whether it may be asked for protobuf: types that are not built in have none.</summary>
    public bool SpeaksProtobuf(ResourceType type) => !_jsonOnly.ContainsKey(type);

    public void RefusedStreamedLists() => _listsOnly = true;

    public void RefusedProtobuf(ResourceType type) => _jsonOnly[type] = true;
}
