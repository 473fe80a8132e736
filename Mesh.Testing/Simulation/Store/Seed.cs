using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>What exists in a new cluster: its namespaces, the API server's Service, and the roles that let every user discover.</summary>
internal static class Seed
{
    public static void Plant(Creation creation, BuiltInResources resources)
    {
        foreach (var name in (string[])["default", "kube-node-lease", "kube-public", "kube-system"])
            creation.Create(resources.Namespaces, "", Named(name), default);

        creation.Create(resources.Services, "default", Parse("""
            {"metadata":{"name":"kubernetes","labels":{"component":"apiserver","provider":"kubernetes"}},
             "spec":{"clusterIP":"10.43.0.1","ports":[{"name":"https","port":443,"targetPort":6443}]}}
            """), default);
        Role("cluster-admin", """[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["*"]}]""", "system:masters");
        Role(
            "system:discovery",
            """[{"nonResourceURLs":["/api","/api/*","/apis","/apis/*","/healthz","/livez","/openapi","/openapi/*","/readyz","/version","/version/"],"verbs":["get"]}]""",
            "system:authenticated");
        Role(
            "system:public-info-viewer",
            """[{"nonResourceURLs":["/healthz","/livez","/readyz","/version","/version/"],"verbs":["get"]}]""",
            "system:authenticated",
            "system:unauthenticated");

        void Role(string name, string rules, params string[] groups)
        {
            var role = Named(name);
            role["rules"] = JsonNode.Parse(rules);
            creation.Create(resources.ClusterRoles, "", role, default);
            var binding = Named(name);
            binding["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = name };
            binding["subjects"] = new JsonArray([.. groups.Select(static group => new JsonObject { ["kind"] = "Group", ["name"] = group })]);
            creation.Create(resources.ClusterRoleBindings, "", binding, default);
        }
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
