using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Requests for objects: from the verb to the one that does it, and back to an answer.</summary>
internal sealed class ResourceRequests(
    ServedCatalog catalog, ObjectStore store, Lister lister, Creation creation, Updating updating, Applying applying, Deletion deletion, WatchRequests watches, TokenRequests tokens, FaultPlan faults)
{
    public Task HandleAsync(HttpContext context, RequestInfo info)
    {
        if (catalog.Current.Find(info.Group, info.Version, info.Resource) is not { } served) return UnknownAsync(context, info);
        var type = served.Type;
        if (TokenRequests.IsMeant(info)) return tokens.HandleAsync(context, info);
        if (info.Subresource.Length > 0 && !(info.Subresource == "status" && type.HasStatus))
            throw Refuse.NotSimulated($"the subresource {type.QualifiedPlural}/{info.Subresource}");
        if (type.Namespaced && info.Namespace.Length == 0 && info.Verb is not ("list" or "watch")) throw Refuse.MethodNotAllowed();
        var scope = type.Namespaced ? info.Namespace : "";
        var representation = MediaTypes.Negotiate(context.Request);
        return info.Verb switch
        {
            "get" => GetAsync(context, served, scope, info.Name, representation),
            "list" => ListAsync(context, served, info with { Namespace = scope }, representation),
            "watch" => watches.HandleAsync(context, served, info with { Namespace = scope }, representation),
            "create" when info.Name.Length == 0 => CreateAsync(context, served, scope, representation),
            "update" when info.Name.Length > 0 => UpdateAsync(context, served, scope, info, representation),
            "patch" when info.Name.Length > 0 => PatchAsync(context, served, scope, info, representation),
            "delete" => DeleteAsync(context, served, scope, info.Name),
            "deletecollection" => DeleteAllAsync(context, served, info with { Namespace = scope }),
            _ => throw Refuse.MethodNotAllowed(),
        };
    }

    private Task UnknownAsync(HttpContext context, RequestInfo info)
    {
        if (catalog.Current.ServesGroupVersion(info.Group, info.Version)) throw Refuse.NoSuchResource();
        if (info.Group.EndsWith(".k8s.io", StringComparison.Ordinal) || info.Group is "apps" or "batch" or "policy" or "autoscaling")
            throw Refuse.NotSimulated($"{info.Resource} of {info.Group}/{info.Version}");
        return ResponseWriter.TextAsync(context, 404, "404 page not found\n");
    }

    private Task GetAsync(HttpContext context, ServedResource served, string scope, string name, Representation representation)
    {
        var revision = ListQuery.ParseRevision(context.Request.Query["resourceVersion"].ToString(), watch: false);
        if (revision > store.Revision) throw Refuse.FutureVersion(revision, store.Revision);
        return ResponseWriter.ObjectAsync(
            context, 200, served, store.Find(served.Type, scope, name) ?? throw Refuse.NotFound(served.Type, name), representation);
    }

    private Task ListAsync(HttpContext context, ServedResource served, RequestInfo info, Representation representation)
    {
        var query = ListQuery.Parse(context.Request, info, watch: false, watchListEnabled: true);
        return ResponseWriter.ListAsync(context, served, lister.List(served.Type, query, query.Continue.Length > 0 && faults.TakeExpiredContinue()), representation);
    }

    private async Task CreateAsync(HttpContext context, ServedResource served, string scope, Representation representation)
    {
        var body = await RequestBody.ReadObjectAsync(context, served).ConfigureAwait(false);
        RequireNamespace(body, scope, served.Type);
        var made = creation.Create(served.Type, scope, body, Options(context, served, false));
        await ResponseWriter.ObjectAsync(context, 201, served, made, representation).ConfigureAwait(false);
    }

    private async Task UpdateAsync(HttpContext context, ServedResource served, string scope, RequestInfo info, Representation representation)
    {
        var body = await RequestBody.ReadObjectAsync(context, served).ConfigureAwait(false);
        RequireNamespace(body, scope, served.Type);
        if (body.Object("metadata").Text("name") is var name && name != info.Name)
            throw Refuse.BadRequest($"the name of the object ({name}) does not match the name on the URL ({info.Name})");
        var (updated, made) = updating.Replace(served.Type, scope, name, body, Options(context, served, info.Subresource == "status"));
        await ResponseWriter.ObjectAsync(context, made ? 201 : 200, served, updated, representation).ConfigureAwait(false);
    }

    private async Task PatchAsync(HttpContext context, ServedResource served, string scope, RequestInfo info, Representation representation)
    {
        var mediaType = MediaTypes.Of(context.Request);
        if (mediaType == "application/apply-patch+yaml")
        {
            await ApplyAsync(context, served, scope, info, representation).ConfigureAwait(false);
            return;
        }

        if (context.Request.Query.ContainsKey("force"))
        {
            var errors = new FieldErrors();
            errors.Forbidden("force", "may not be specified for non-apply patch");
            throw Refuse.Invalid("PatchOptions", "meta.k8s.io", "", errors.All);
        }

        if (mediaType is not ("application/merge-patch+json" or "application/json-patch+json" or "application/strategic-merge-patch+json")
            || served.Type.Custom && mediaType == "application/strategic-merge-patch+json")
        {
            throw new ApiException(new ApiStatus(415, "UnsupportedMediaType", "415: Unsupported Media Type") { Details = new StatusDetails() });
        }

        var patch = await RequestBody.ReadPatchAsync(context).ConfigureAwait(false) ?? throw Refuse.BadRequest("invalid JSON patch");
        var patched = updating.Patch(served, scope, info.Name, before => Patched(before, patch, mediaType, served.Type.Plural), Options(context, served, info.Subresource == "status"));
        await ResponseWriter.ObjectAsync(context, 200, served, patched, representation).ConfigureAwait(false);
    }

    private async Task ApplyAsync(HttpContext context, ServedResource served, string scope, RequestInfo info, Representation representation)
    {
        var options = Options(context, served, info.Subresource == "status");
        if (context.Request.Query["fieldManager"].ToString().Length == 0)
        {
            var errors = new FieldErrors();
            errors.Required("fieldManager", "is required for apply patch");
            throw Refuse.Invalid("PatchOptions", "meta.k8s.io", "", errors.All);
        }

        var body = await RequestBody.ReadYamlAsync(context).ConfigureAwait(false);
        RequireNamespace(body, scope, served.Type);
        var manager = options.Manager!.Value with { Applies = true };
        var (applied, made) = applying.Apply(served, scope, info.Name, body, ListQuery.IsTrue(context.Request.Query["force"]), options with { Manager = manager });
        await ResponseWriter.ObjectAsync(context, made ? 201 : 200, served, applied, representation).ConfigureAwait(false);
    }

    private static JsonObject Patched(JsonObject before, JsonNode patch, string mediaType, string plural)
    {
        if (mediaType == "application/json-patch+json")
            return JsonPatch.Apply(before, patch as JsonArray ?? throw Refuse.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"));
        var merge = patch as JsonObject ?? throw Refuse.BadRequest("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
        return mediaType == "application/merge-patch+json" ? MergePatch.Apply(before, merge) : StrategicMergePatch.Apply(before, merge, plural);
    }

    private async Task DeleteAsync(HttpContext context, ServedResource served, string scope, string name)
    {
        var type = served.Type;
        var options = await DeletionOptionsAsync(context).ConfigureAwait(false);
        var (deleted, gone) = deletion.Delete(type, scope, name, options);
        if (!gone || type.DeletionReturnsObject)
        {
            await ResponseWriter.ObjectAsync(context, 200, served, deleted, Representation.Full).ConfigureAwait(false);
            return;
        }

        await ResponseWriter.StatusAsync(context, new ApiStatus(200, "", "")
        {
            Details = new StatusDetails(deleted.Name, type.Group, type.Plural) { Uid = deleted.Uid },
        }).ConfigureAwait(false);
    }

    private async Task DeleteAllAsync(HttpContext context, ServedResource served, RequestInfo info)
    {
        // The real server has no collection of these to delete.
        if (served.Type.Plural is "namespaces") throw Refuse.MethodNotAllowed();
        var options = await DeletionOptionsAsync(context).ConfigureAwait(false);
        var query = ListQuery.Parse(context.Request, info, watch: false, watchListEnabled: true);
        var revision = store.Revision;
        var deleted = deletion.DeleteAll(served.Type, query.Filter, options);
        await ResponseWriter.ListAsync(context, served, new ListPage(revision, deleted, "", null), Representation.Full).ConfigureAwait(false);
    }

    private static async Task<DeletionOptions> DeletionOptionsAsync(HttpContext context)
    {
        var body = await RequestBody.ReadOptionsAsync(context).ConfigureAwait(false);
        long? grace = long.TryParse(context.Request.Query["gracePeriodSeconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        return DeletionOptions.From(body, grace, IsDryRun(context));
    }

    private static WriteOptions Options(HttpContext context, ServedResource served, bool status) =>
        new(IsDryRun(context), status, new FieldManager(ManagerName(context.Request), false, served.ApiVersion, status ? "status" : ""));

    /// <summary>As the client calls itself: by parameter, else the first word of its user agent.</summary>
    private static string ManagerName(HttpRequest request)
    {
        var name = request.Query["fieldManager"].ToString();
        if (name.Length > FieldManager.LongestName)
        {
            var errors = new FieldErrors();
            errors.TooLong("fieldManager", "may not be more than 128 bytes");
            throw Refuse.Invalid(OptionsKind(request), "meta.k8s.io", "", errors.All);
        }

        if (name.Length > 0) return name;
        var agent = request.Headers.UserAgent.ToString();
        var end = agent.IndexOf('/', StringComparison.Ordinal);
        agent = end < 0 ? agent : agent[..end];
        return agent.Length > FieldManager.LongestName ? agent[..FieldManager.LongestName] : agent;
    }

    private static string OptionsKind(HttpRequest request) =>
        request.Method switch { "POST" => "CreateOptions", "PUT" => "UpdateOptions", "PATCH" => "PatchOptions", _ => "DeleteOptions" };

    private static bool IsDryRun(HttpContext context)
    {
        var dryRun = context.Request.Query["dryRun"].ToString();
        if (dryRun is "" or "All") return dryRun == "All";
        var errors = new FieldErrors();
        errors.NotSupported("dryRun", new JsonArray(dryRun), "All");
        throw Refuse.Invalid(OptionsKind(context.Request), "meta.k8s.io", "", errors.All);
    }

    private static void RequireNamespace(JsonObject body, string scope, ResourceType type)
    {
        if (type.Namespaced && body.Object("metadata").Text("namespace") is { Length: > 0 } stated && stated != scope)
            throw Refuse.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
}
