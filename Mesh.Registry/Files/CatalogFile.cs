using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>A catalog file as it is written; docs/catalog-file.md describes it.</summary>
internal sealed class CatalogFile
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    public Dictionary<string, FileCluster>? Clusters { get; set; }

    public Dictionary<string, FileService>? Services { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
