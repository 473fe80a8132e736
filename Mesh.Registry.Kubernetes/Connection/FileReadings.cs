using System.Security.Cryptography;
using System.Text;

namespace Mesh.Connection;

/// <summary>
/// The files that a connection was made of, as they were read: whether one has changed since is asked of these very bytes, so that no change is missed between a look and a
/// reading. By content: what mounts a Secret swaps links, and times say little. Hashes are kept, since keys and tokens are in the files.
/// </summary>
internal sealed class FileReadings
{
    private static readonly string Missing = "";

    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    /// <summary>The files, by their full paths; those that could not be read too.</summary>
    public IReadOnlyCollection<string> Paths => _read.Keys;

    /// <exception cref="KubeconfigException">It cannot be read.</exception>
    public byte[] Read(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) throw new KubeconfigException($"{DnsLabel.Printable(path)}: this is no path.");
        path = Path.GetFullPath(path);
        try
        {
            var content = File.ReadAllBytes(path);
            _read[path] = Hash(content);
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _read[path] = Missing;
            throw new KubeconfigException(e is FileNotFoundException or DirectoryNotFoundException ? $"{path}: no such file." : $"{path}: cannot be read ({DnsLabel.Printable(e.Message)})", e);
        }
    }

    /// <summary>The same as text.</summary>
    /// <exception cref="KubeconfigException">It cannot be read.</exception>
    public string ReadText(string path)
    {
        using var reader = new StreamReader(new MemoryStream(Read(path)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Whether any of them holds something else now. Reads them.</summary>
    public bool HaveChanged() => _read.Any(static r => Now(r.Key) != r.Value);

    private static string Now(string path)
    {
        try
        {
            return Hash(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Missing;
        }
    }

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
