using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>How the real server says that a body is not the object it should be.</summary>
internal static class Decoding
{
    public static ApiException Mismatch(string kind, JsonNode? found, string field, string type) =>
        Refuse.BadRequest(
            $"{kind} in version \"v1\" cannot be handled as a {kind}: json: cannot unmarshal {NameOf(found)} into Go struct field {field} of type {type}");

    private static string NameOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "number",
    };
}
