using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// How the fields of an object merge when several managers apply them: which lists are maps by key or sets, and which lists and objects are owned
/// whole. The default: objects by field, lists whole.
/// </summary>
internal sealed class FieldShape
{
    private Dictionary<string, FieldShape>? _fields;

    /// <summary>Anything of which nothing is known.</summary>
    public static FieldShape Any { get; } = new();

    /// <summary>A list or an object that one manager owns whole.</summary>
    public static FieldShape Atomic { get; } = new() { IsAtomic = true };

    /// <summary>A list of values without order or repetition.</summary>
    public static FieldShape Set { get; } = new() { IsSet = true };

    public bool IsAtomic { get; init; }

    public bool IsSet { get; init; }

    /// <summary>The fields by which an item of the list is known, with the value of one that is left out (<see langword="null"/>: none).</summary>
    public IReadOnlyList<(string Name, string? Default)> Keys { get; init; } = [];

    /// <summary>What an item of the list, or a value under a free name, looks like.</summary>
    public FieldShape? Items { get; init; }

    /// <summary>Whether a field that is not named here is an error.</summary>
    public bool IsClosed { get; init; }

    public bool IsAssociative => IsSet || Keys.Count > 0;

    public IReadOnlyDictionary<string, FieldShape> Fields
    {
        init => _fields = new Dictionary<string, FieldShape>(value, StringComparer.Ordinal);
    }

    public FieldShape Field(string name) => _fields?.GetValueOrDefault(name) ?? Items ?? Any;

    public bool Declares(string name) => _fields?.ContainsKey(name) == true;

    /// <summary>A list whose items are known by these fields.</summary>
    public static FieldShape By(FieldShape items, params string[] keys) => new() { Keys = [.. keys.Select(static key => (key, (string?)null))], Items = items };

    public static FieldShape By(params string[] keys) => By(Any, keys);

    /// <summary>An object with these fields; others merge as <see cref="Any"/>.</summary>
    public static FieldShape Of(params (string Name, FieldShape Shape)[] fields) =>
        new() { Fields = fields.ToDictionary(static one => one.Name, static one => one.Shape) };

    /// <summary>The same with further fields.</summary>
    public FieldShape With(params (string Name, FieldShape Shape)[] fields)
    {
        var all = new Dictionary<string, FieldShape>(_fields ?? [], StringComparer.Ordinal);
        foreach (var (name, shape) in fields) all[name] = shape;
        return new FieldShape { IsAtomic = IsAtomic, IsSet = IsSet, Keys = Keys, Items = Items, IsClosed = IsClosed, Fields = all };
    }

    /// <summary>The path of the first field that a closed shape does not name; <see langword="null"/> where there is none.</summary>
    public static string? Undeclared(JsonNode? node, FieldShape shape, string path = "")
    {
        switch (node)
        {
            case JsonObject tree:
                foreach (var (name, value) in tree)
                {
                    var here = $"{path}.{name}";
                    if (shape.IsClosed && !shape.Declares(name)) return here;
                    if (Undeclared(value, shape.Field(name), here) is { } found) return found;
                }

                return null;
            case JsonArray list:
                return list.Select(item => Undeclared(item, shape.Items ?? Any, path + (FieldPath.Item(item, shape) is { } element ? FieldPath.Show(element) : "[]"))).FirstOrDefault(static one => one is not null);
            default:
                return null;
        }
    }
}
