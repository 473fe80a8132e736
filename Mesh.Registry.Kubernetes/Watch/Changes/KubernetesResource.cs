using Mesh.Watch;

namespace Mesh;

/// <summary>A type of Kubernetes resource, built in or defined by a CustomResourceDefinition, as the API server's paths name it.</summary>
public sealed record KubernetesResource
{
    /// <summary>Names a type.</summary>
    /// <param name="group">The API group, such as <c>multicluster.x-k8s.io</c>; empty for the core group.</param>
    /// <param name="version">The API version, such as <c>v1alpha1</c>.</param>
    /// <param name="plural">The plural name in lower case, such as <c>serviceexports</c>; not the kind.</param>
    /// <exception cref="ArgumentException">One of them is no such name.</exception>
    public KubernetesResource(string group, string version, string plural)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Length > 0 && !group.Split('.').All(static l => DnsLabel.IsValid(l))) throw Wrong(group, "the API group", "empty for the core group, else like multicluster.x-k8s.io, without the version", nameof(group));
        if (!DnsLabel.IsValid(version)) throw Wrong(version, "the API version", "like v1 or v1alpha1", nameof(version));
        if (!DnsLabel.IsValid(plural)) throw Wrong(plural, "the plural name", "in lower case, like serviceexports; kubectl api-resources lists them", nameof(plural));
        Type = new ResourceType(group, version, plural);
    }

    /// <summary>The API group; empty for the core group.</summary>
    public string Group => Type.Group;

    /// <summary>The API version.</summary>
    public string Version => Type.Version;

    /// <summary>The plural name.</summary>
    public string Plural => Type.Plural;

    internal ResourceType Type { get; }

    /// <summary>As RBAC and kubectl write it: <c>services</c>, <c>serviceexports.multicluster.x-k8s.io</c>.</summary>
    public override string ToString() => Type.ToString();

    private static ArgumentException Wrong(string? value, string what, string expected, string parameter) =>
        new($"'{DnsLabel.Printable(value)}' cannot be {what} of a Kubernetes resource: it is {expected}.", parameter);
}
