using System.Text;

namespace Mesh.State;

/// <summary>The file of one (source, cluster) in the state directory.</summary>
internal sealed class StateFile
{
    public StateFile(string directory, string source, ClusterId cluster) => Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, NameOf(source, cluster)));

    public string Path { get; }

    /// <summary>What it holds; <see langword="null"/> where there is no file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or a damaged one; the message says why.</exception>
    public KeptState? Load()
    {
        var file = new FileInfo(Path);
        if (!file.Exists)
        {
            return null;
        }

        return file.Length <= StateFormat.MaxBytes
            ? StateFormat.Decode(File.ReadAllBytes(Path))
            : throw new InvalidDataException($"it has {file.Length} bytes, more than {StateFormat.MaxBytes}");
    }

    /// <summary>Replaces what it holds; <see langword="false"/> where the state is too large to be kept.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public bool Save(KeptState state)
    {
        var parts = StateFormat.Encode(state);
        if (parts.Sum(static p => (long)p.Written.Length) > StateFormat.MaxBytes)
        {
            return false;
        }

        AtomicFile.Replace(Path, stream =>
        {
            foreach (var part in parts)
            {
                stream.Write(part.Written);
            }
        });
        return true;
    }

    /// <summary>Moves it out of the way, for people to look at; says where it is now, or why it could not be moved.</summary>
    public string SetAside()
    {
        var aside = Path + ".corrupt";
        try
        {
            File.Move(Path, aside, overwrite: true);
            return $"is kept as {aside}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"could not be moved away ({e.Message.TrimEnd('.')})";
        }
    }

    // A source's name may hold anything; what it stands for has to be told apart all the same.
    private static string NameOf(string source, ClusterId cluster)
    {
        var readable = new string([.. source.Take(60).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-')]);
        var sum = ~Crc32C.Add(Crc32C.Start, Encoding.UTF8.GetBytes($"{source}\n{cluster}"));
        return $"{readable}_{cluster}_{sum:x8}.state";
    }
}
