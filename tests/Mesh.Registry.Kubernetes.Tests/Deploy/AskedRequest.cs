using System.Text.Json.Nodes;

namespace Mesh.Deploy;

/// <summary>A request of a user as an audit log tells it, and whether the user was allowed it.</summary>
internal sealed record AskedRequest(string What, bool IsAllowed)
{
    /// <summary>The request of a line; <see langword="null"/> where it is of somebody else, of no object, or not decided yet.</summary>
    public static AskedRequest? Parse(string line, string user)
    {
        var e = JsonNode.Parse(line)!;
        if ((string?)e["user"]?["username"] != user || e["objectRef"] is not { } target || (string?)e["annotations"]?["authorization.k8s.io/decision"] is not { } decision) return null;
        return new AskedRequest(GrantedRequest.Written((string)e["verb"]!, (string)target["resource"]!, (string?)target["name"]), decision == "allow");
    }
}
