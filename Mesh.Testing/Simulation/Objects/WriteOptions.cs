namespace Mesh.Simulation;

/// <summary>How a write is meant.</summary>
internal readonly record struct WriteOptions(bool DryRun, bool Status);
