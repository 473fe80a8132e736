using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mesh.Files;

/// <summary>Collects what is wrong with a catalog file, each with the line and the field.</summary>
internal sealed class FileErrors(string file, ReadOnlyMemory<byte> json)
{
    private readonly List<string> _messages = [];

    /// <summary>Adds an error about the value at <paramref name="path"/> (names and indices).</summary>
    public void Add(string message, params ReadOnlySpan<object> path)
    {
        var steps = path.ToArray();
        _messages.Add($"{file}, line {JsonLocator.FindLine(json.Span, steps)}, {Show(steps)}: {message}");
    }

    /// <summary>Adds an error for each field that the type does not have, with the nearest it does have.</summary>
    public void AddUnknown(Dictionary<string, JsonElement>? unknown, JsonTypeInfo type, params ReadOnlySpan<object> path)
    {
        foreach (var name in unknown?.Keys.ToArray() ?? [])
        {
            var known = type.Properties.Where(static p => !p.IsExtensionData).Select(static p => p.Name).ToList();
            var nearest = known.OrderBy(k => NameDistance.Between(k, name)).First();
            var advice = NameDistance.Between(nearest, name) <= 2 ? $"did you mean '{nearest}'?" : $"known here are {string.Join(", ", known)}.";
            Add($"unknown field; {advice}", (object[])[.. path, name]);
        }
    }

    public void ThrowIfAny()
    {
        if (_messages.Count > 0)
        {
            throw new CatalogFileException(string.Join(Environment.NewLine, _messages));
        }
    }

    private static string Show(object[] path) =>
        path.Length == 0 ? "the whole file" : string.Concat(path.Select(static (step, i) => step is int index ? $"[{index}]" : (i == 0 ? "" : ".") + DnsLabel.Printable((string)step)));
}
