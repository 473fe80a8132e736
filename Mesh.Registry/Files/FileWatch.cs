using System.Threading.Channels;

namespace Mesh.Files;

/// <summary>
/// Says when to look at a file again: when anything in its folder changes, and every so often anyway. The whole folder, because a file is often not written but
/// replaced, and a mounted ConfigMap changes by a renamed link beside it.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    private readonly Channel<bool> _looks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher? _watcher;
    private readonly ITimer _timer;

    public FileWatch(string fullPath, TimeSpan pollInterval, TimeProvider timeProvider)
    {
        _timer = timeProvider.CreateTimer(_ => Look(), null, pollInterval, pollInterval);
        try
        {
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(fullPath)!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
            };
            _watcher.Changed += OnChange;
            _watcher.Created += OnChange;
            _watcher.Deleted += OnChange;
            _watcher.Renamed += OnChange;
            _watcher.Error += (_, _) => Look();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // No such folder yet, or no watches left in the system: the timer does it alone.
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>Waits until the file is worth a look. Changes meanwhile are one.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _looks.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private void OnChange(object sender, FileSystemEventArgs change) => Look();

    private void Look() => _looks.Writer.TryWrite(true);
}
