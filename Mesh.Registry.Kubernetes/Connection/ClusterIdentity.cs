namespace Mesh.Connection;

/// <summary>Who a cluster is.</summary>
/// <param name="Uid">The uid of its <c>kube-system</c> namespace; <see langword="null"/> where it may not be read.</param>
/// <param name="Fallback">What it is told by otherwise (<c>namespace/uid</c> of the first watched one); <see langword="null"/> where nothing can be read.</param>
/// <param name="Version">The server's version, or <see langword="null"/>.</param>
internal sealed record ClusterIdentity(string? Uid, string? Fallback, string? Version)
{
    /// <summary>What is compared; <see langword="null"/> = unchecked.</summary>
    public string? Key => Uid ?? Fallback;

    /// <summary>Whether the other one is surely another cluster: where either could not be read, nothing is said.</summary>
    public bool DiffersFrom(ClusterIdentity? other) =>
        other is not null
        && ((Uid is not null && other.Uid is not null && Uid != other.Uid)
            || (Uid is null && other.Uid is null && Fallback is not null && other.Fallback is not null && Fallback != other.Fallback));

    /// <summary>Whether both can be told apart from each other at all.</summary>
    public bool IsComparableTo(ClusterIdentity other) => (Uid is not null && other.Uid is not null) || (Uid is null && other.Uid is null && Fallback is not null && other.Fallback is not null);
}
