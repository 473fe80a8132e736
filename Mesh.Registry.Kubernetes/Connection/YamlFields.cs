using YamlDotNet.RepresentationModel;

namespace Mesh.Connection;

/// <summary>Reads fields of YAML objects.</summary>
internal static class YamlFields
{
    public static YamlNode? Child(YamlMappingNode node, string name) => node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    public static string? Scalar(YamlMappingNode node, string name) => (Child(node, name) as YamlScalarNode)?.Value;

    /// <summary>The values of a list; one value counts as a list of it.</summary>
    public static List<string> List(YamlNode? node) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } value } => [value],
        YamlSequenceNode values => values.OfType<YamlScalarNode>().Select(static v => v.Value ?? "").ToList(),
        _ => [],
    };
}
