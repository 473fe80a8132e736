namespace Mesh.Contributions;

/// <summary>An object's place in its cluster.</summary>
/// <param name="Namespace">Its namespace; empty for cluster-wide types.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct ObjectKey(string Namespace, string Name);
