using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <summary>One event of a watch.</summary>
internal sealed record WatchedEvent(string Type, JsonObject Object)
{
    public string Name => (string?)Object["metadata"]?["name"] ?? "";

    public string ResourceVersion => (string?)Object["metadata"]?["resourceVersion"] ?? "";
}
