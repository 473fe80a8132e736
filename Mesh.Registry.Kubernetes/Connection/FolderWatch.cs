namespace Mesh.Connection;

/// <summary>
/// Says that something happened to one of several files. Their folders are watched, not they: files are replaced by renaming, and Secrets mounted in pods by swapping the link
/// <c>..data</c> beside them. A hint only: what it misses (a folder that is not there yet, a link that leads elsewhere, a system without room for another watch) is found by looking.
/// </summary>
internal sealed class FolderWatch(Action changed) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private volatile HashSet<string> _names = [];
    private bool _disposed;

    /// <summary>Watches these files instead of those before.</summary>
    public void Follow(IReadOnlyCollection<string> paths)
    {
        var folders = paths.Select(Path.GetDirectoryName).OfType<string>().ToHashSet(StringComparer.Ordinal);
        _names = paths.Select(Path.GetFileName).OfType<string>().ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            if (_disposed) return;
            foreach (var gone in _watchers.Keys.Except(folders, StringComparer.Ordinal).ToList())
            {
                _watchers.Remove(gone, out var watcher);
                watcher!.Dispose();
            }

            foreach (var folder in folders.Where(f => !_watchers.ContainsKey(f)))
            {
                if (Watch(folder) is { } watcher) _watchers.Add(folder, watcher);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var watcher in _watchers.Values) watcher.Dispose();
            _watchers.Clear();
        }
    }

    private FileSystemWatcher? Watch(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += OnEvent;
            watcher.Created += OnEvent;
            watcher.Deleted += OnEvent;
            watcher.Renamed += OnEvent;
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    // Beside kubeconfigs, in ~/.kube, much else is written.
    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (Path.GetFileName(e.Name) is { } name && (_names.Contains(name) || name.StartsWith("..", StringComparison.Ordinal))) changed();
    }
}
