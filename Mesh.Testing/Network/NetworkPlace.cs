namespace Mesh;

/// <summary>Where in a <see cref="VirtualNetwork"/> somebody is: a caller, or a pod.</summary>
/// <param name="Cluster">The cluster's name; empty for a caller outside of every cluster.</param>
/// <param name="Node">The node in it, or <see langword="null"/>.</param>
/// <param name="Network">The network its pods are in: an address means something only within one.</param>
public sealed record NetworkPlace(string Cluster, string? Node, string Network)
{
    /// <summary><c>alpha/n1</c>.</summary>
    public override string ToString() => Node is null ? Cluster : $"{Cluster}/{Node}";
}
