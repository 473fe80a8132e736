using System.Collections.Concurrent;

namespace Mesh.Hosts;

/// <summary>
/// A bounded cache in two generations: a full one becomes the old one, and what is used of the old one moves over; the rest goes with it. A caller that asks for a
/// million hosts costs what two generations hold. Reading takes no lock.
/// </summary>
internal sealed class HostCache(int capacity)
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<HostKey, HostMatch> _young = new();
    private volatile ConcurrentDictionary<HostKey, HostMatch> _old = new();
    private int _count;

    /// <summary>How many there are at most.</summary>
    public int Limit => 2 * capacity;

    public int Count => _young.Count + _old.Count;

    public HostMatch? Find(in HostKey key)
    {
        if (_young.TryGetValue(key, out var match))
        {
            return match;
        }

        if (_old.TryGetValue(key, out match))
        {
            Set(key, match);
        }

        return match;
    }

    public void Set(in HostKey key, HostMatch match)
    {
        lock (_gate)
        {
            if (!_young.ContainsKey(key) && ++_count > capacity)
            {
                _old = _young;
                _young = new ConcurrentDictionary<HostKey, HostMatch>();
                _count = 1;
            }

            _young[key] = match;
        }
    }
}
