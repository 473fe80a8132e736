using System.Text.Json;

namespace Mesh.State;

/// <summary>The namespaces that were seen, in a file that outlives the process. Replaced whole, so that a reader never finds half of it.</summary>
internal sealed class NamespaceFile(string directory)
{
    private const int Version = 1;

    public string Path { get; } = System.IO.Path.Combine(directory, "namespaces.json");

    /// <summary>What it holds; nothing where there is no file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is not such a file; the message says why.</exception>
    public IReadOnlyCollection<string> Load()
    {
        if (!File.Exists(Path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path));
            var version = document.RootElement.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new InvalidDataException($"it has version {version}, and this one reads version {Version}");
            }

            return [.. document.RootElement.GetProperty("namespaces").EnumerateArray().Select(static n => DnsLabel.Require(n.GetString()!, "namespace"))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Replaces what it holds.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(IEnumerable<string> namespaces)
    {
        AtomicFile.Replace(Path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream);
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteStartArray("namespaces");
            foreach (var name in namespaces.Order(StringComparer.Ordinal))
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Moves it out of the way, for people to look at.</summary>
    /// <returns>Where it is now.</returns>
    public string SetAside()
    {
        var aside = Path + ".bad";
        File.Move(Path, aside, overwrite: true);
        return aside;
    }
}
