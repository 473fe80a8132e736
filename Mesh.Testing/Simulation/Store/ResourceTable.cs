namespace Mesh.Simulation;

/// <summary>The objects of one resource type with their recent history. Guarded by the store's lock.</summary>
internal sealed class ResourceTable(int historyLimit)
{
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly List<StoreEvent> _history = [];
    private readonly List<IStoreListener> _listeners = [];
    private StoredObject[]? _sorted;

    /// <summary>The newest event that the history has lost; a watch that has not read it yet cannot go on.</summary>
    public long Lost { get; private set; }

    /// <summary>When this type changed last.</summary>
    public long Changed { get; private set; }

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>All objects by key; the array is never changed afterwards.</summary>
    public StoredObject[] Sorted() => _sorted ??= [.. _objects.Values];

    public void Apply(StoreEvent change)
    {
        if (change.Type == StoreEventType.Deleted) _objects.Remove(change.Object.Key);
        else _objects[change.Object.Key] = change.Object;
        _sorted = null;
        Changed = change.Revision;
        _history.Add(change);

        // In blocks: dropping the first element of a list moves all the others.
        if (_history.Count > historyLimit + historyLimit / 4)
        {
            var excess = _history.Count - historyLimit;
            Lost = _history[excess - 1].Revision;
            _history.RemoveRange(0, excess);
        }

        foreach (var listener in _listeners) listener.Wake();
    }

    /// <summary>The changes after <paramref name="revision"/>, oldest first.</summary>
    public ReadOnlySpan<StoreEvent> After(long revision)
    {
        var history = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_history);
        int low = 0, high = history.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (history[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return history[low..];
    }

    /// <summary>The objects as they were at <paramref name="revision"/>: the present, with every later change undone.</summary>
    public StoredObject[] SortedAt(long revision)
    {
        if (Changed <= revision) return Sorted();
        var then = new SortedDictionary<string, StoredObject>(_objects, StringComparer.Ordinal);
        var later = After(revision);
        for (var i = later.Length - 1; i >= 0; i--)
        {
            if (later[i].Previous is { } previous) then[previous.Key] = previous;
            else then.Remove(later[i].Object.Key);
        }

        return [.. then.Values];
    }

    public void Listen(IStoreListener listener) => _listeners.Add(listener);

    public void Leave(IStoreListener listener) => _listeners.Remove(listener);
}
