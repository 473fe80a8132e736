namespace Mesh.Substitution;

/// <summary>Nothing to set: what is validated at start is that there is a mesh.</summary>
internal sealed class SubstitutedMeshOptions;
