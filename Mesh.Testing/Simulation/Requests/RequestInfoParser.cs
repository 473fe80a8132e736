using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Reads a <see cref="RequestInfo"/> as <c>k8s.io/apiserver/pkg/endpoints/request</c> does.</summary>
internal static class RequestInfoParser
{
    public static RequestInfo Parse(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var info = new RequestInfo { Path = path, Verb = request.Method.ToLowerInvariant() };
        ReadOnlySpan<string> rest;
        if (parts is ["api", var version, _, ..])
        {
            info = info with { IsResource = true, Version = version };
            rest = parts.AsSpan(2);
        }
        else if (parts is ["apis", var group, var groupVersion, _, ..])
        {
            info = info with { IsResource = true, Group = group, Version = groupVersion };
            rest = parts.AsSpan(3);
        }
        else
        {
            return info;
        }

        var @namespace = "";
        if (rest is ["namespaces", var owner, ..])
        {
            @namespace = owner;
            if (rest.Length > 2 && rest[2] is not ("status" or "finalize")) rest = rest[2..];
        }

        info = info with
        {
            Namespace = @namespace,
            Resource = rest[0],
            Name = rest.Length > 1 ? rest[1] : "",
            Subresource = rest.Length > 2 ? rest[2] : "",
        };
        return info with { Verb = VerbOf(request, info.Name.Length > 0), SelectedName = SelectedName(request, info.Name) };
    }

    private static string VerbOf(HttpRequest request, bool named) => request.Method switch
    {
        // Whoever names an object gets it, whatever else they ask for.
        "GET" or "HEAD" => named ? "get" : ListQuery.IsTrue(request.Query["watch"]) ? "watch" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => named ? "delete" : "deletecollection",
        _ => request.Method.ToLowerInvariant(),
    };

    private static string SelectedName(HttpRequest request, string name)
    {
        if (name.Length > 0) return name;
        foreach (var term in request.Query["fieldSelector"].ToString().Split(','))
        {
            if (term.StartsWith("metadata.name=", StringComparison.Ordinal)) return term["metadata.name=".Length..].TrimStart('=');
        }

        return "";
    }
}
