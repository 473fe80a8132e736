namespace Mesh.Watch;

/// <summary>A type of Kubernetes resource, as the API server's paths name it.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The API version, such as <c>v1</c>.</param>
/// <param name="Plural">The resource's plural name, such as <c>services</c>.</param>
internal sealed record ResourceType(string Group, string Version, string Plural)
{
    public static ResourceType Services { get; } = new("", "v1", "services");

    public static ResourceType EndpointSlices { get; } = new("discovery.k8s.io", "v1", "endpointslices");

    public static ResourceType Nodes { get; } = new("", "v1", "nodes");

    /// <summary>The path under the server's address, without a leading slash.</summary>
    public string Path(string? @namespace)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return @namespace is null ? $"{root}/{Plural}" : $"{root}/namespaces/{@namespace}/{Plural}";
    }

    /// <summary>As RBAC and kubectl write it: <c>services</c>, <c>endpointslices.discovery.k8s.io</c>.</summary>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
