namespace Mesh.Watch;

/// <summary>What one watcher follows.</summary>
/// <param name="Type">The type of resource.</param>
/// <param name="Namespace">The namespace; <see langword="null"/> = the whole cluster.</param>
internal sealed record WatchTarget(ResourceType Type, string? Namespace = null)
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Whether names, labels and versions suffice: the server then leaves the rest of each object out (<c>PartialObjectMetadata</c>).</summary>
    public bool MetadataOnly { get; init; }

    /// <summary><c>services</c> or <c>services in namespace sales</c>.</summary>
    public override string ToString() => Namespace is null ? Type.ToString() : $"{Type} in namespace {Namespace}";
}
