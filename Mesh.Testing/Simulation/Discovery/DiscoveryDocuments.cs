using System.Text;
using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>What the server says of itself: groups, versions, resources, and its version.</summary>
internal sealed class DiscoveryDocuments(ServedCatalog served, string version)
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>The document at a path, or <see langword="null"/>.</summary>
    public byte[]? Find(string path, bool aggregated, string host)
    {
        var document = path.Trim('/').Split('/') switch
        {
            ["version"] => Version(),
            ["api"] => aggregated ? Aggregated(core: true) : Versions(host),
            ["apis"] => aggregated ? Aggregated(core: false) : Groups(),
            ["api", var core] when served.Current.ServesGroupVersion("", core) => Resources("", core),
            ["apis", var group] when served.Current.Groups().FirstOrDefault(one => one.Group == group) is { Versions: not null } found && group.Length > 0 => Named(found.Group, found.Versions),
            ["apis", var group, var one] when group.Length > 0 && served.Current.ServesGroupVersion(group, one) => Resources(group, one),
            ["openapi", "v3"] => OpenApiDocuments.Index(served.Current),
            ["openapi", "v3", "api", var core] when served.Current.ServesGroupVersion("", core) => OpenApiDocuments.Of("", core, Served("", core)),
            ["openapi", "v3", "apis", var group, var one] when served.Current.ServesGroupVersion(group, one) => OpenApiDocuments.Of(group, one, Served(group, one)),
            _ => null,
        };
        return document is null ? null : Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private JsonObject Version()
    {
        var parts = version.TrimStart('v').Split('.');
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts[1],
            ["gitVersion"] = version,
            ["gitCommit"] = "simulated",
            ["gitTreeState"] = "",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "none",
            ["compiler"] = "none",
            ["platform"] = "linux/amd64",
        };
    }

    private static JsonObject Versions(string host) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }),
    };

    private JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. served.Current.Groups().Where(static one => one.Group.Length > 0).Select(static one => Group(one.Group, one.Versions))]),
    };

    private static JsonObject Named(string name, IReadOnlyList<string> versions)
    {
        var group = Group(name, versions);
        group.Insert(0, "apiVersion", "v1");
        group.Insert(0, "kind", "APIGroup");
        return group;
    }

    private static JsonObject Group(string name, IReadOnlyList<string> versions) => new()
    {
        ["name"] = name,
        ["versions"] = new JsonArray([.. versions.Select(one => GroupVersion(name, one))]),
        ["preferredVersion"] = GroupVersion(name, versions[0]),
    };

    private static JsonObject GroupVersion(string group, string version) => new() { ["groupVersion"] = group + "/" + version, ["version"] = version };

    private JsonObject Resources(string group, string version)
    {
        var list = new JsonArray();
        foreach (var type in Served(group, version))
        {
            var resource = Resource(type, type.Plural, Verbs);
            if (type.ShortNames.Count > 0) resource["shortNames"] = new JsonArray([.. type.ShortNames.Select(static one => JsonValue.Create(one))]);
            if (type.Categories.Count > 0) resource["categories"] = Texts(type.Categories);
            list.Add(resource);
            if (type.HasStatus) list.Add(Resource(type, type.Plural + "/status", ["get", "patch", "update"]));
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : group + "/" + version,
            ["resources"] = list,
        };
    }

    private static JsonObject Resource(ResourceType type, string name, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = name == type.Plural ? type.Singular : "",
        ["namespaced"] = type.Namespaced,
        ["kind"] = type.Kind,
        ["verbs"] = Texts(verbs),
    };

    private JsonObject Aggregated(bool core) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. served.Current.Groups().Where(one => one.Group.Length == 0 == core).Select(AggregatedGroup)]),
    };

    private JsonObject AggregatedGroup((string Group, IReadOnlyList<string> Versions) group) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = group.Group },
        ["versions"] = new JsonArray([.. group.Versions.Select(version => new JsonObject
        {
            ["version"] = version,
            ["resources"] = new JsonArray([.. Served(group.Group, version).Select(type => AggregatedResource(type, version))]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject AggregatedResource(ResourceType type, string version)
    {
        var kind = new JsonObject { ["group"] = type.Group, ["version"] = version, ["kind"] = type.Kind };
        var resource = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = kind,
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = Texts(Verbs),
            ["shortNames"] = Texts(type.ShortNames),
            ["categories"] = Texts(type.Categories),
        };
        if (type.HasStatus)
        {
            resource["subresources"] = new JsonArray(new JsonObject
            {
                ["subresource"] = "status",
                ["responseKind"] = kind.DeepClone(),
                ["verbs"] = Texts(["get", "patch", "update"]),
            });
        }

        return resource;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static one => JsonValue.Create(one))]);

    private IEnumerable<ResourceType> Served(string group, string version) =>
        served.Current.Types.Where(type => type.Group == group && type.Served.Any(one => one.Version == version));
}
