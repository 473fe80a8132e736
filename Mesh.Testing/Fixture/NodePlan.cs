namespace Mesh.Fixture;

/// <summary>A node as declared.</summary>
internal sealed record NodePlan(string Name, string? Zone);
