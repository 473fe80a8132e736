namespace Mesh.Benchmarks.P5;

/// <summary>What a change costs in a catalog of a size; times in µs.</summary>
internal sealed record ChangeMeasured(int Size, double Median, double Least, double P99, double Bytes);
