using System.Collections.Concurrent;

namespace Mesh.Servers;

/// <summary>Reads a watch as an application does: a dictionary, changed as told.</summary>
internal sealed class WatchFollower<T> : IAsyncDisposable
{
    private readonly KubernetesWatch<T> _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _state = new(StringComparer.Ordinal);
    private readonly Task _reading;
    private int _synced;

    public WatchFollower(KubernetesWatch<T> watch)
    {
        _watch = watch;
        _reading = ReadAsync();
    }

    public ConcurrentQueue<KubernetesChange<T>> Changes { get; } = new();

    public string Shown => string.Join(' ', _state.Values.Order(StringComparer.Ordinal));

    /// <summary>Waits for a state, after at least so many complete lists.</summary>
    public Task UntilAsync(string shown, int synced = 1) => Until.TrueAsync(
        () => _reading.IsCompleted ? throw new InvalidOperationException($"The watch ended: {_reading.Exception}") : Volatile.Read(ref _synced) >= synced && Shown == shown,
        () => $"It shows '{Shown}' after {_synced} lists; {_watch.Health}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_reading);
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var change in _watch.ReadAsync(_stop.Token))
        {
            Changes.Enqueue(change);
            var key = $"{change.Namespace}/{change.Name}";
            switch (change.Kind)
            {
                case KubernetesChangeKind.Upserted:
                    _state[key] = $"{change.Item}";
                    break;
                case KubernetesChangeKind.Deleted:
                    _state.TryRemove(key, out _);
                    break;
                case KubernetesChangeKind.Synced:
                    Interlocked.Increment(ref _synced);
                    break;
            }
        }
    }
}
