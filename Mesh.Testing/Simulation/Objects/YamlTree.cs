using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mesh.Simulation;

/// <summary>Reads YAML as the tree that the same JSON would make (YAML 1.2, core schema).</summary>
internal static class YamlTree
{
    public static JsonNode? Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException broken)
        {
            throw Refuse.BadRequest($"error decoding YAML: line {broken.Start.Line}, column {broken.Start.Column}: {broken.Message}");
        }

        if (stream.Documents.Count > 1) throw Refuse.BadRequest("error decoding YAML: more than one document");
        return stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
    }

    private static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var tree = new JsonObject();
                foreach (var (key, value) in mapping) tree[(key as YamlScalarNode)?.Value ?? throw Refuse.BadRequest("error decoding YAML: a key is no text")] = ToJson(value);
                return tree;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Select(ToJson)]);
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain }:
                return Plain(plain ?? "");
            case YamlScalarNode scalar:
                return scalar.Value;
            default:
                throw Refuse.BadRequest("error decoding YAML: neither a value, a list nor an object");
        }
    }

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ when (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };
}
