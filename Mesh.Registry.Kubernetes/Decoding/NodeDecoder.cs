using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads Nodes (core/v1), whole or as <c>PartialObjectMetadata</c>.</summary>
internal sealed partial class NodeDecoder(StringPool pool) : IResourceDecoder<NodeObject>
{
    public NodeObject Decode(ref Utf8JsonReader reader)
    {
        var metadata = default(ObjectMetadata);
        string? region = null;
        string? zone = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("metadata"u8) || !JsonTokens.EnterObject(ref reader))
            {
                JsonTokens.SkipValue(ref reader);
                continue;
            }

            while (JsonTokens.NextProperty(ref reader))
            {
                if (metadata.TryRead(ref reader, pool)) continue;
                if (reader.ValueTextEquals("labels"u8)) Labels(ref reader, ref region, ref zone);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        metadata.Require();
        return new NodeObject(metadata.Name!, metadata.ResourceVersion!, region, zone);
    }

    private void Labels(ref Utf8JsonReader reader, ref string? region, ref string? zone)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("topology.kubernetes.io/region"u8)) region = NotEmpty(JsonTokens.String(ref reader, pool));
            else if (reader.ValueTextEquals("topology.kubernetes.io/zone"u8)) zone = NotEmpty(JsonTokens.String(ref reader, pool));
            else JsonTokens.SkipValue(ref reader);
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
