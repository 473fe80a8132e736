namespace Mesh.Files;

/// <summary>Reads the file where its bytes changed, and remembers the last good content.</summary>
internal sealed class CatalogFileLoader(string path, TimeProvider timeProvider)
{
    private const long MaxBytes = 64 * 1024 * 1024;

    private byte[]? _lastBytes;
    private string? _lastError;
    private CatalogFile? _good;

    public CatalogFileLoad Load()
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            var length = file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;

            // Pipes and devices have no length; reading them may never end, nor may opening them.
            if (length == 0)
            {
                return Unreadable($"{path} is empty, or it is a pipe or a device; only regular files are read. Write the catalog into it, or correct the path.");
            }

            if (length > MaxBytes)
            {
                return Unreadable($"{path} has {length} bytes; {MaxBytes} are read at most. Divide it into several files.");
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable($"{path} does not exist; it is taken up when it appears.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unreadable($"{path} cannot be read: {exception.Message} It is tried again.");
        }

        if (_lastBytes is not null && bytes.AsSpan().SequenceEqual(_lastBytes))
        {
            return new CatalogFileLoad(null, _lastError, false);
        }

        _lastBytes = bytes;
        var (content, errors) = CatalogFileParser.Parse(path, bytes, timeProvider.GetUtcNow());
        if (content is null)
        {
            return Faulty(string.Join(Environment.NewLine, errors));
        }

        _good = content;
        _lastError = null;
        return new CatalogFileLoad(content, null, false);
    }

    // Once it is back it counts as new, even with the bytes it had.
    private CatalogFileLoad Unreadable(string error)
    {
        _lastBytes = null;
        return Faulty(error);
    }

    private CatalogFileLoad Faulty(string error)
    {
        error += _good is null ? "" : $"{Environment.NewLine}The last good state of the file stays in force.";
        var isNew = _good is not null && _lastError is null;
        _lastError = error;
        return new CatalogFileLoad(null, error, isNew);
    }
}
