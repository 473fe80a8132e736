using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Reads bodies.</summary>
internal static class RequestBody
{
    /// <summary>The object to be written; it must be of the served kind where it says a kind.</summary>
    public static async Task<JsonObject> ReadObjectAsync(HttpContext context, ServedResource served)
    {
        if (MediaTypes.Of(context.Request) is var mediaType and not ("application/json" or ""))
        {
            if (mediaType == MediaTypes.Protobuf)
                throw new ApiException(new ApiStatus(415, "UnsupportedMediaType", "the simulated API server does not read protobuf; send application/json, or use a real one for this test"));
            throw new ApiException(new ApiStatus(
                415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json"));
        }

        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException broken)
        {
            throw Refuse.BadRequest($"the object provided is unrecognized (must be of type {served.Type.Kind}): couldn't get version/kind; json parse error: {broken.Message}");
        }

        var tree = body as JsonObject ?? throw Refuse.BadRequest($"the object provided is unrecognized (must be of type {served.Type.Kind}): couldn't get version/kind");
        var kind = served.Type.Kind;
        // Only the schema of a custom resource could tell what else it is.
        if (served.Type.Custom && tree.Text("kind").Length == 0)
            throw Refuse.BadRequest($"the object provided is unrecognized (must be of type {kind}): Object 'Kind' is missing in '{JsonFields.Render(tree)}'");
        var version = tree.Text("apiVersion") is { Length: > 0 } given ? given : served.ApiVersion;
        if (tree.Text("kind") is { Length: > 0 } stated && stated != kind)
            throw Refuse.BadRequest($"{stated} in version \"{version}\" cannot be handled as a {kind}: converting ({version}.{stated}) to ({served.ApiVersion}.{kind}): unknown conversion");
        if (version != served.ApiVersion)
            throw Refuse.BadRequest($"{kind} in version \"{version}\" cannot be handled as a {kind}: no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\"");
        ObjectMetaRules.RequireText(kind, tree);
        return tree;
    }

    /// <summary>What is applied: YAML, which JSON is part of.</summary>
    public static async Task<JsonObject> ReadYamlAsync(HttpContext context)
    {
        using var text = new StreamReader(context.Request.Body);
        var body = await text.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        return YamlTree.Parse(body) as JsonObject ?? throw Refuse.BadRequest("error decoding YAML: the body is no object");
    }

    /// <summary>What follows a DELETE, if anything.</summary>
    public static async Task<JsonObject?> ReadOptionsAsync(HttpContext context)
    {
        if (await ReadAsync(context, "json parse error").ConfigureAwait(false) is not { } body) return null;
        return body as JsonObject ?? throw Refuse.BadRequest("expected DeleteOptions");
    }

    public static async Task<JsonNode?> ReadPatchAsync(HttpContext context) => await ReadAsync(context, "invalid JSON patch").ConfigureAwait(false);

    private static async Task<JsonNode?> ReadAsync(HttpContext context, string complaint)
    {
        using var text = new StreamReader(context.Request.Body);
        var body = await text.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            throw Refuse.BadRequest(complaint);
        }
    }
}
