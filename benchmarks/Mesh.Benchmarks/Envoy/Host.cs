namespace Mesh.Benchmarks.Envoy;

/// <summary>A backend as both are told of it.</summary>
/// <param name="Cluster">Its place in the list of clusters.</param>
/// <param name="Weight">Its weight beside the others of its cluster.</param>
/// <param name="IsDown">Whether it fails its health check, and is not ready.</param>
internal sealed record Host(int Cluster, int Weight = 1, bool IsDown = false);
