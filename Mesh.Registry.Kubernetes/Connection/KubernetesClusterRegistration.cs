namespace Mesh.Connection;

/// <summary>A cluster that was added, by whatever way.</summary>
/// <param name="Name">Its name as given, unchecked: its options have the same name.</param>
/// <param name="Setting">Where it is configured, such as <c>Mesh:Clusters:beta</c>; errors begin with it.</param>
/// <param name="HasClient">Whether the application brought the connection itself.</param>
internal sealed record KubernetesClusterRegistration(string Name, string Setting, bool HasClient);
