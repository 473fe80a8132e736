using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Files;

/// <summary>An endpoint of a service of a catalog file.</summary>
internal sealed class FileEndpoint
{
    public string? Address { get; set; }

    public string? Cluster { get; set; }

    /// <summary>What is dialled for every port of the service.</summary>
    public int? Port { get; set; }

    /// <summary>What is dialled, by the name of the service's port.</summary>
    public Dictionary<string, int>? Ports { get; set; }

    public string? Region { get; set; }

    public string? Zone { get; set; }

    public string? Node { get; set; }

    public int? Weight { get; set; }

    public bool? Ready { get; set; }

    public bool? Serving { get; set; }

    public bool? Terminating { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
