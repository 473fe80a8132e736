using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>A service of a catalog file.</summary>
internal sealed class FileService
{
    public List<FilePort>? Ports { get; set; }

    public List<FileEndpoint>? Endpoints { get; set; }

    public ServicePolicyOptions? Policy { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
