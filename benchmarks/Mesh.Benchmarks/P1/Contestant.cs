namespace Mesh.Benchmarks.P1;

/// <summary>Something that picks.</summary>
internal sealed record Contestant(string Name, Action<int> Loop);
