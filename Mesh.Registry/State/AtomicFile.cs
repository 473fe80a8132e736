namespace Mesh.State;

/// <summary>
/// Replaces files whole: a reader, another process among them, finds the one before or the new one, never half of it. Where several write, the last one wins.
/// </summary>
internal static class AtomicFile
{
    private const string Ending = ".tmp";

    // Far longer than a write takes: what is older was left by a process that died.
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        MakeFolder(Path.GetDirectoryName(path)!);

        // A process id would not do: in containers that share a folder all may be number 1.
        var whole = $"{path}.{Path.GetRandomFileName()}{Ending}";
        try
        {
            using (var stream = new FileStream(whole, New()))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(whole, path, overwrite: true);
        }
        catch
        {
            TryDelete(whole);
            throw;
        }
    }

    /// <summary>Removes what writers of this file left that died on the way.</summary>
    public static void RemoveLeftovers(string path, DateTimeOffset now)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.*{Ending}"))
            {
                if (now - File.GetLastWriteTimeUtc(file) > Forgotten)
                {
                    TryDelete(file);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They only cost room; whoever needs the folder says what is wrong with it.
        }
    }

    // What clusters look like inside is for this user alone.
    private static FileStreamOptions New()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next reader of the file tries again.
        }
    }
}
