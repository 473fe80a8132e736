using System.Collections.Frozen;

namespace Mesh.Files;

/// <summary>The fields that an object of the file may have: read by it, suggested from it, and compared with the JSON schema by a test.</summary>
internal sealed class ObjectShape<T>(string name, params (string Field, FieldReader<T> Read)[] fields)
{
    private readonly FrozenDictionary<string, FieldReader<T>> _fields = fields.ToFrozenDictionary(static f => f.Field, static f => f.Read, StringComparer.Ordinal);

    /// <summary>What the object is, as the schema's definitions name it.</summary>
    public string Name { get; } = name;

    public IReadOnlyCollection<string> Fields => _fields.Keys;

    public FieldReader<T>? Find(string field) => _fields.GetValueOrDefault(field);
}
