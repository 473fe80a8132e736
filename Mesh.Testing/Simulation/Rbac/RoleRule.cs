using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>One rule of a role.</summary>
internal static class RoleRule
{
    public static bool Allows(JsonObject rule, RequestInfo request)
    {
        if (!Has(rule, "verbs", request.Verb)) return false;
        if (!request.IsResource)
        {
            return (rule.Array("nonResourceURLs") ?? []).Select(JsonFields.Text).Any(pattern =>
                pattern == request.Path || pattern.EndsWith('*') && request.Path.StartsWith(pattern[..^1], StringComparison.Ordinal));
        }

        var resource = request.Subresource.Length == 0 ? request.Resource : request.Resource + "/" + request.Subresource;
        return Has(rule, "apiGroups", request.Group)
            && (Has(rule, "resources", resource) || request.Subresource.Length > 0 && Has(rule, "resources", "*/" + request.Subresource))
            && (rule.Array("resourceNames") is not { Count: > 0 } names || names.Select(JsonFields.Text).Contains(request.SelectedName));
    }

    private static bool Has(JsonObject rule, string field, string value) =>
        (rule.Array(field) ?? []).Select(JsonFields.Text).Any(one => one == value || one == "*");
}
