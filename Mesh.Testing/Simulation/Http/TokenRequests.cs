using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Tokens of ServiceAccounts: the subresource <c>serviceaccounts/token</c>.</summary>
internal sealed class TokenRequests(ObjectStore store, BuiltInResources resources, IdentityStore identities, TimeProvider time)
{
    private const long Shortest = 600;
    private const long Usual = 3600;

    public static bool IsMeant(RequestInfo info) => info is { Group: "", Resource: "serviceaccounts", Subresource: "token", Verb: "create" };

    public async Task HandleAsync(HttpContext context, RequestInfo info)
    {
        var body = await RequestBody.ReadOptionsAsync(context).ConfigureAwait(false) ?? [];
        if (store.Find(resources.ServiceAccounts, info.Namespace, info.Name) is null) throw Refuse.NotFound(resources.ServiceAccounts, info.Name);
        if (!body.Object("spec").TryNumber("expirationSeconds", out var seconds)) seconds = Usual;
        if (seconds < Shortest)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
            throw Refuse.Invalid("TokenRequest", "authentication.k8s.io", "", errors.All);
        }

        var now = time.GetUtcNow();
        var expires = now.AddSeconds(seconds);
        body["kind"] = "TokenRequest";
        body["apiVersion"] = "authentication.k8s.io/v1";
        body["metadata"] = new JsonObject { ["name"] = info.Name, ["namespace"] = info.Namespace, ["creationTimestamp"] = ObjectTree.Time(now) };
        body.Ensure("spec")["expirationSeconds"] = seconds;
        body["status"] = new JsonObject
        {
            ["token"] = identities.IssueForAccount(info.Namespace, info.Name, expires),
            ["expirationTimestamp"] = ObjectTree.Time(expires),
        };
        await ResponseWriter.CreatedAsync(context, body).ConfigureAwait(false);
    }
}
