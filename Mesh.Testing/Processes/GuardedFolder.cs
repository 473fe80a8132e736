namespace Mesh.Processes;

/// <summary>
/// A temporary folder with processes that live in it. Processes and folder end together: on dispose, when this process
/// dies (its <see cref="ProcessGuard"/>), or, where the guard was killed as well, when the next folder is made.
/// </summary>
internal sealed class GuardedFolder : IAsyncDisposable
{
    private const string Prefix = "mesh-servers-";
    private static readonly TimeSpan GuardBound = TimeSpan.FromSeconds(15);

    private readonly FileStream _lock;
    private readonly ProcessGuard _guard;
    private int _disposed;

    private GuardedFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.Combine(path, "run"));
        _lock = OpenLock(path, FileMode.Create);
        _guard = ProcessGuard.Start(path);
    }

    public string Path { get; }

    internal int GuardId => _guard.Id;

    public static GuardedFolder Create()
    {
        RemoveAbandoned();
        return new GuardedFolder(Directory.CreateTempSubdirectory(Prefix).FullName);
    }

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>The file that tells the guard of the process with this name.</summary>
    public string PidFile(string name) => System.IO.Path.Combine(Path, "run", name + ".pid");

    /// <summary>The shell script of this name that the guard runs at the end, unless it was deleted before.</summary>
    public string EndScript(string name) => System.IO.Path.Combine(Path, "run", name + ".sh");

    /// <summary>Ends what is left of folders whose owner and guard are both gone. Does not wait.</summary>
    public static void RemoveAbandoned()
    {
        foreach (var path in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                // The owner's lock ends with the owner, whatever happened to it.
                OpenLock(path, FileMode.Open).Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Owned, just being made or removed, or another user's.
                continue;
            }

            using var guard = ProcessGuard.Start(path);
            guard.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _guard.Release();
        using (var bound = new CancellationTokenSource(GuardBound, TimeProvider.System))
        {
            try
            {
                await _guard.WaitAsync(bound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It goes on by itself; there is nothing this process could do better.
            }
        }

        _guard.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    private static FileStream OpenLock(string path, FileMode mode) =>
        new(System.IO.Path.Combine(path, "lock"), mode, FileAccess.ReadWrite, FileShare.None);
}
