using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>A port of a service of a catalog file.</summary>
internal sealed class FilePort
{
    public string? Name { get; set; }

    public int? Port { get; set; }

    public string? AppProtocol { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
