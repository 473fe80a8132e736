namespace Mesh;

/// <summary>One change of what a <see cref="KubernetesWatch{T}"/> follows.</summary>
/// <typeparam name="T">What is kept of an object.</typeparam>
/// <param name="Kind">What it says.</param>
/// <param name="Namespace">The object's namespace; <see langword="null"/> for cluster-wide types and for <see cref="KubernetesChangeKind.Synced"/>.</param>
/// <param name="Name">The object's name; empty for <see cref="KubernetesChangeKind.Synced"/>, and where a malformed object has none.</param>
public readonly record struct KubernetesChange<T>(KubernetesChangeKind Kind, string? Namespace, string Name)
{
    /// <summary>The object, for <see cref="KubernetesChangeKind.Upserted"/>; else the default.</summary>
    public T? Item { get; init; }

    /// <summary>The object's resource version, for <see cref="KubernetesChangeKind.Upserted"/>; else <see langword="null"/>. Opaque but for equality.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Why it was left out, for <see cref="KubernetesChangeKind.Skipped"/>; else <see langword="null"/>.</summary>
    public string? Reason { get; init; }
}
