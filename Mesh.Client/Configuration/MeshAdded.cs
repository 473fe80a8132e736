namespace Mesh.Configuration;

/// <summary>Says that <c>AddMeshRouting</c> was called on the services.</summary>
internal sealed class MeshAdded;
