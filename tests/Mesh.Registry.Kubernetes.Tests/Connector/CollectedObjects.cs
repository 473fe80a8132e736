using System.Collections.Concurrent;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>Keeps what a watcher brings, as text.</summary>
internal sealed class CollectedObjects<T> : IWatchConsumer<T>, IWatchObserver
    where T : IWatchedObject
{
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private volatile bool _isFollowing;
    private int _changes;

    public bool IsFollowing => _isFollowing;

    public int Changes => Volatile.Read(ref _changes);

    public ConcurrentQueue<string> Skipped { get; } = new();

    public ConcurrentQueue<WatchFailure> Failures { get; } = new();

    /// <summary>Whether each answer that succeeded was protobuf.</summary>
    public ConcurrentQueue<bool> Protobuf { get; } = new();

    public string[] Texts => [.. _texts.Values.Order(StringComparer.Ordinal)];

    public int Count => _texts.Count;

    public void Init() => _texts.Clear();

    public void InitApply(T item) => Set(item);

    public void InitDelete(T item) => throw new NotSupportedException();

    public void InitDone()
    {
    }

    public void Apply(T item)
    {
        Set(item);
        Interlocked.Increment(ref _changes);
    }

    public void Delete(T item)
    {
    }

    public void Skip(ObjectIdentity identity, string reason) => Skipped.Enqueue($"{identity}: {reason}");

    public void Flush(long arrivedAt)
    {
    }

    public void Listing(WatchTarget target, WatchFailure? cause)
    {
    }

    public void Opened(WatchTarget target) => _isFollowing = true;

    public void Resuming(WatchFailure failure) => Failures.Enqueue(failure);

    public void Failed(WatchFailure failure) => Failures.Enqueue(failure);

    public void Event(WatchTarget target, WatchEventType type)
    {
    }

    private void Set(T item)
    {
        var text = ObjectText.Of(item);
        _texts[string.Join('|', text.Split('|').Take(2))] = text;
    }
}
