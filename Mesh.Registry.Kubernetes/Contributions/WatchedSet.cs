using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Contributions;

/// <summary>
/// What one watcher has brought: turns its events into changes of the join, and a new list into the difference to what was there, deletions included.
/// </summary>
/// <param name="kind">The type's name in messages, such as <c>Service</c>.</param>
/// <param name="keyOf">An object's key.</param>
/// <param name="convert">What is kept of an object; <see langword="null"/> = nothing.</param>
/// <param name="set">Sets or removes one object in the join.</param>
/// <param name="join">The join.</param>
internal sealed class WatchedSet<T, TKept>(
    string kind, Func<T, ObjectKey> keyOf, Func<T, TKept?> convert, Action<ObjectKey, TKept?> set, ClusterJoin join) : IWatchConsumer<T>
    where TKept : class
{
    private HashSet<ObjectKey> _keys = [];
    private HashSet<ObjectKey> _leftOut = [];
    private Dictionary<ObjectKey, TKept>? _pending;
    private HashSet<ObjectKey>? _skipped;

    public int Count => _keys.Count + _leftOut.Count;

    public void Init()
    {
        _pending = [];
        _skipped = [];
    }

    public void InitApply(T item)
    {
        var key = keyOf(item);
        if (convert(item) is { } kept) _pending![key] = kept;
        else _pending!.Remove(key);
    }

    public void InitDelete(T item) => _pending!.Remove(keyOf(item));

    public void InitDone()
    {
        var pending = _pending!;
        var skipped = _skipped!;
        _pending = null;
        _skipped = null;

        // Another watcher may publish at any moment in between: with the removals last, no service is seen without its endpoints.
        foreach (var (key, kept) in pending) set(key, kept);
        HashSet<ObjectKey> keys = [.. pending.Keys];
        foreach (var old in _keys)
        {
            if (pending.ContainsKey(old)) continue;
            if (skipped.Contains(old)) keys.Add(old);
            else set(old, null);
        }

        _keys = keys;
        foreach (var key in _leftOut)
        {
            if (!skipped.Contains(key)) join.Unskip(kind, key);
        }

        _leftOut = skipped;
        join.Listed(this);
    }

    public void Apply(T item)
    {
        var key = keyOf(item);
        var kept = convert(item);
        if (kept is null) _keys.Remove(key);
        else _keys.Add(key);
        set(key, kept);
        Unskip(key);
    }

    public void Delete(T item)
    {
        var key = keyOf(item);
        _keys.Remove(key);
        set(key, null);
        Unskip(key);
    }

    public void Skip(ObjectIdentity identity, string reason)
    {
        var key = new ObjectKey(identity.Namespace ?? "", identity.Name ?? "");
        _skipped?.Add(key);
        _leftOut.Add(key);
        join.Skip(kind, key, reason);
    }

    public void Flush(long arrivedAt) => join.Flush(arrivedAt);

    private void Unskip(ObjectKey key)
    {
        if (_leftOut.Remove(key)) join.Unskip(kind, key);
    }
}
