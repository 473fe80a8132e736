namespace Mesh.Building;

/// <summary>A catalog file that was added: one that is added again is the same source.</summary>
internal sealed record FileRegistration(string FullPath);
