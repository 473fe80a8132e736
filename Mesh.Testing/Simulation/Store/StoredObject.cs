using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// One version of one object: immutable. Kept as the JSON that goes out (without kind and apiVersion, metadata first), so that
/// lists and watches copy bytes and build nothing.
/// </summary>
internal sealed class StoredObject
{
    private static readonly Dictionary<string, string> NoLabels = [];
    private static readonly int MetadataStart = "{\"metadata\":".Length;
    private readonly int _metadataEnd;

    private StoredObject(string @namespace, string name, string uid, long revision, Dictionary<string, string> labels, byte[] json, int metadataEnd)
    {
        Namespace = @namespace;
        Name = name;
        Uid = uid;
        Revision = revision;
        Labels = labels;
        Json = json;
        _metadataEnd = metadataEnd;
    }

    /// <summary>Empty where the type has no namespaces.</summary>
    public string Namespace { get; }

    public string Name { get; }

    public string Uid { get; }

    public long Revision { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public byte[] Json { get; }

    /// <summary>Where it stands in a list: <c>namespace/name</c> or <c>name</c>, by bytes.</summary>
    public string Key => KeyOf(Namespace, Name);

    /// <summary>The value of its <c>metadata</c>.</summary>
    public ReadOnlySpan<byte> Metadata => Json.AsSpan(MetadataStart, _metadataEnd - MetadataStart);

    public static string KeyOf(string @namespace, string name) => @namespace.Length == 0 ? name : @namespace + "/" + name;

    /// <summary>A tree that is shown and not kept: it has no version.</summary>
    public static StoredObject Unstored(JsonObject tree)
    {
        ObjectTree.Metadata(tree).Remove("resourceVersion");
        return Seal(tree, 0);
    }

    /// <summary>Seals a tree (see <see cref="ObjectTree"/>) as version <paramref name="revision"/>.</summary>
    public static StoredObject From(JsonObject tree, long revision)
    {
        ObjectTree.SetRevision(ObjectTree.Metadata(tree), revision);
        return Seal(tree, revision);
    }

    private static StoredObject Seal(JsonObject tree, long revision)
    {
        var metadata = ObjectTree.Metadata(tree);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonFields.Writing);
        writer.WriteStartObject();
        writer.WritePropertyName("metadata");
        metadata.WriteTo(writer);
        writer.Flush();
        var metadataEnd = buffer.WrittenCount;
        foreach (var (name, value) in tree)
        {
            if (name == "metadata") continue;
            writer.WritePropertyName(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        var labels = NoLabels;
        if (metadata.Object("labels") is { } present) labels = present.ToDictionary(static one => one.Key, static one => JsonFields.Text(one.Value), StringComparer.Ordinal);
        return new StoredObject(
            metadata.Text("namespace"), metadata.Text("name"), metadata.Text("uid"), revision, labels, buffer.WrittenSpan.ToArray(), metadataEnd);
    }

    /// <summary>A tree of its own, to be changed.</summary>
    public JsonObject ToTree() => JsonNode.Parse(Json)!.AsObject();

    /// <summary>The same content under another version: what a watch shows of an object that left its selector or was deleted.</summary>
    public StoredObject At(long revision)
    {
        // The server writes the first occurrence itself; in any string the quotes would be escaped.
        var marker = "\"resourceVersion\":\""u8;
        var start = Json.AsSpan().IndexOf(marker) + marker.Length;
        var length = Json.AsSpan(start).IndexOf((byte)'"');
        var text = Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture));
        byte[] json = [.. Json.AsSpan(0, start), .. text, .. Json.AsSpan(start + length)];
        return new StoredObject(Namespace, Name, Uid, revision, (Dictionary<string, string>)Labels, json, _metadataEnd + text.Length - length);
    }
}
