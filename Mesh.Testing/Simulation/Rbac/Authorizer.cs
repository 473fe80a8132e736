using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// Decides by the RBAC objects in the store, as <c>plugin/pkg/auth/authorizer/rbac</c> does: some rule of some role bound to the user must allow.
/// </summary>
internal sealed class Authorizer(ObjectStore store, BuiltInResources resources)
{
    public void Require(Identity identity, RequestInfo request)
    {
        if (identity.Groups.Contains(Identity.Administrators) || IsAllowed(identity, request)) return;
        if (!request.IsResource)
        {
            throw new ApiException(new ApiStatus(403, "Forbidden", $"forbidden: User \"{identity.User}\" cannot {request.Verb} path \"{request.Path}\"")
            {
                Details = new StatusDetails(),
            });
        }

        var qualified = request.Group.Length == 0 ? request.Resource : request.Resource + "." + request.Group;
        var named = request.SelectedName.Length > 0 ? $"{qualified} \"{request.SelectedName}\"" : qualified;
        var what = request.Subresource.Length > 0 ? request.Resource + "/" + request.Subresource : request.Resource;
        var where = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        var message = $"{named} is forbidden: User \"{identity.User}\" cannot {request.Verb} resource \"{what}\" in API group \"{request.Group}\" {where}";
        throw new ApiException(new ApiStatus(403, "Forbidden", message)
        {
            Details = new StatusDetails(request.SelectedName, request.Group, request.Resource),
        });
    }

    private bool IsAllowed(Identity identity, RequestInfo request)
    {
        foreach (var binding in store.Snapshot(resources.ClusterRoleBindings).Objects)
        {
            if (Allows(binding, "", identity, request)) return true;
        }

        if (request.Namespace.Length == 0) return false;
        foreach (var binding in store.Snapshot(resources.RoleBindings).In(request.Namespace))
        {
            if (Allows(binding, request.Namespace, identity, request)) return true;
        }

        return false;
    }

    private bool Allows(StoredObject stored, string @namespace, Identity identity, RequestInfo request)
    {
        var binding = stored.ToTree();
        if (!(binding.Array("subjects") ?? []).OfType<JsonObject>().Any(subject => IsSubject(subject, identity))) return false;
        var reference = binding.Object("roleRef");
        var role = reference.Text("kind") == "Role"
            ? store.Find(resources.Roles, @namespace, reference.Text("name"))
            : store.Find(resources.ClusterRoles, "", reference.Text("name"));
        return role is not null && (role.ToTree().Array("rules") ?? []).OfType<JsonObject>().Any(rule => RoleRule.Allows(rule, request));
    }

    private static bool IsSubject(JsonObject subject, Identity identity) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == identity.User,
        "Group" => identity.Groups.Contains(subject.Text("name")),
        "ServiceAccount" => identity.User == $"system:serviceaccount:{subject.Text("namespace")}:{subject.Text("name")}",
        _ => false,
    };
}
