using System.Collections.Concurrent;

namespace Mesh.Contributions;

/// <summary>Which region each Node is in.</summary>
/// <param name="fallback">The region of endpoints whose Node does not say, or <see langword="null"/>.</param>
internal sealed class NodeRegions(string? fallback)
{
    private readonly ConcurrentDictionary<string, string> _regions = new(StringComparer.Ordinal);

    public string? Of(string? node) => node is not null && _regions.TryGetValue(node, out var region) ? region : fallback;

    /// <summary>Sets or forgets a Node's region; whether that changed anything.</summary>
    public bool Set(string node, string? region)
    {
        if (region is null) return _regions.TryRemove(node, out _);
        if (_regions.TryGetValue(node, out var old) && old == region) return false;
        _regions[node] = region;
        return true;
    }
}
