using System.Diagnostics.CodeAnalysis;

namespace Mesh.Connection;

/// <summary>Which name holds which cluster, among the connectors of one catalog: the same cluster under two names would count every pod twice.</summary>
internal sealed class ClusterClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClusterId> _holders = new(StringComparer.Ordinal);

    /// <summary>Claims a cluster for a name; gives up what that name held before.</summary>
    public bool TryClaim(string key, ClusterId cluster, [NotNullWhen(false)] out ClusterId? holder)
    {
        lock (_lock)
        {
            holder = _holders.TryGetValue(key, out var other) && other != cluster ? other : null;
            if (holder is not null) return false;
            Forget(cluster);
            _holders[key] = cluster;
            return true;
        }
    }

    /// <summary>Gives up what a name holds.</summary>
    public void Release(ClusterId cluster)
    {
        lock (_lock) Forget(cluster);
    }

    private void Forget(ClusterId cluster)
    {
        foreach (var key in _holders.Where(h => h.Value == cluster).Select(static h => h.Key).ToList()) _holders.Remove(key);
    }
}
