using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>A cluster of a catalog file.</summary>
internal sealed class FileCluster
{
    public string? Region { get; set; }

    public string? Zone { get; set; }

    public string? Network { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
