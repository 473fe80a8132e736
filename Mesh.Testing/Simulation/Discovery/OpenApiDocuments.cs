using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// The part of OpenAPI v3 that clients ask before they write: which resources may be patched, and that writes take <c>fieldValidation</c>. Without
/// it kubectl refuses to create anything from a file. Schemas are not described.
/// </summary>
internal static class OpenApiDocuments
{
    /// <summary>The index: a document for each group and version.</summary>
    public static JsonObject Index(ResourceCatalog catalog)
    {
        var paths = new JsonObject();
        foreach (var (group, versions) in catalog.Groups())
        {
            foreach (var version in versions)
            {
                var path = Root(group, version)[1..];
                paths[path] = new JsonObject { ["serverRelativeURL"] = "/openapi/v3/" + path };
            }
        }

        return new JsonObject { ["paths"] = paths };
    }

    public static JsonObject Of(string group, string version, IEnumerable<ResourceType> types)
    {
        var paths = new JsonObject();
        foreach (var type in types)
        {
            var scope = type.Namespaced ? "/namespaces/{namespace}" : "";
            var operation = new JsonObject
            {
                ["parameters"] = new JsonArray([.. ((string[])["dryRun", "fieldManager", "fieldValidation", "force"]).Select(static name => (JsonNode)new JsonObject { ["name"] = name, ["in"] = "query" })]),
                ["x-kubernetes-action"] = "patch",
                ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = type.Kind },
                ["responses"] = new JsonObject(),
            };
            paths[$"{Root(group, version)}{scope}/{type.Plural}/{{name}}"] = new JsonObject { ["patch"] = operation };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes, simulated", ["version"] = "unversioned" },
            ["paths"] = paths,
        };
    }

    private static string Root(string group, string version) => group.Length == 0 ? "/api/" + version : $"/apis/{group}/{version}";
}
