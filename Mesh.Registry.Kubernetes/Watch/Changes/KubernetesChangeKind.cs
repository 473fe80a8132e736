namespace Mesh;

/// <summary>What a <see cref="KubernetesChange{T}"/> says.</summary>
public enum KubernetesChangeKind
{
    /// <summary>An object is there, new or changed.</summary>
    Upserted,

    /// <summary>An object is gone, whether its deletion was seen or a new list lacks it.</summary>
    Deleted,

    /// <summary>All objects that there are have been told. It comes after the first list, and after each later one.</summary>
    Synced,

    /// <summary>An object was left out, malformed or too large: what was told of it before still stands, until it is told of again.</summary>
    Skipped,
}
