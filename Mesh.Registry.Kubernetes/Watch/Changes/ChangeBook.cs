using Mesh.Contributions;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Turns what a watcher brings into changes, and a new list into the difference to what was told before.</summary>
internal sealed class ChangeBook<T> : IWatchConsumer<CallerItem<T>>
{
    private readonly Queue<KubernetesChange<T>> _ready = new();
    private readonly HashSet<ObjectKey> _skipped = [];
    private Dictionary<ObjectKey, string> _told = [];
    private Dictionary<ObjectKey, CallerItem<T>> _pending = [];

    public int Count => _told.Count + _skipped.Count;

    public bool TryTake(out KubernetesChange<T> change) => _ready.TryDequeue(out change);

    public void Init()
    {
        _pending = [];
        _skipped.Clear();
    }

    public void InitApply(CallerItem<T> item) => _pending[KeyOf(item)] = item;

    public void InitDelete(CallerItem<T> item) => _pending.Remove(KeyOf(item));

    public void InitDone()
    {
        var told = new Dictionary<ObjectKey, string>(_pending.Count);
        foreach (var (key, item) in _pending)
        {
            told[key] = item.ResourceVersion;

            // Versions are the server's: of two lists with the same one the object is the same.
            if (!_told.TryGetValue(key, out var version) || version != item.ResourceVersion) Upserted(item);
        }

        foreach (var (key, version) in _told)
        {
            if (told.ContainsKey(key)) continue;
            if (_skipped.Contains(key)) told[key] = version;
            else Deleted(key);
        }

        _told = told;
        _pending = [];
        _ready.Enqueue(new KubernetesChange<T>(KubernetesChangeKind.Synced, null, ""));
    }

    public void Apply(CallerItem<T> item)
    {
        _told[KeyOf(item)] = item.ResourceVersion;
        Upserted(item);
    }

    public void Delete(CallerItem<T> item)
    {
        var key = KeyOf(item);
        if (_told.Remove(key)) Deleted(key);
    }

    public void Skip(ObjectIdentity identity, string reason)
    {
        var key = new ObjectKey(identity.Namespace ?? "", identity.Name ?? "");
        _skipped.Add(key);
        _ready.Enqueue(new KubernetesChange<T>(KubernetesChangeKind.Skipped, identity.Namespace, key.Name) { Reason = reason });
    }

    public void Flush(long arrivedAt)
    {
    }

    private static ObjectKey KeyOf(CallerItem<T> item) => new(item.Namespace ?? "", item.Name);

    private void Upserted(CallerItem<T> item) => _ready.Enqueue(
        new KubernetesChange<T>(KubernetesChangeKind.Upserted, item.Namespace, item.Name) { Item = item.Item, ResourceVersion = item.ResourceVersion });

    private void Deleted(ObjectKey key) => _ready.Enqueue(new KubernetesChange<T>(KubernetesChangeKind.Deleted, key.Namespace.Length == 0 ? null : key.Namespace, key.Name));
}
