using k8s.Models;

namespace Mesh.Deploy;

/// <summary>What roles grant, as requests are written here: <c>list services</c>, <c>get namespaces kube-system</c>.</summary>
internal static class GrantedRequest
{
    /// <param name="rules">The rules of a role.</param>
    /// <param name="ns">The Role's namespace: the only one that it lets be read as an object.</param>
    public static IEnumerable<string> Of(IEnumerable<V1PolicyRule> rules, string? ns = null) =>
        from rule in rules
        from resource in rule.Resources
        from verb in rule.Verbs
        from name in rule.ResourceNames ?? [resource == "namespaces" ? ns : null]
        select Written(verb, resource, name);

    public static string Written(string verb, string resource, string? name) => name is null ? $"{verb} {resource}" : $"{verb} {resource} {name}";
}
