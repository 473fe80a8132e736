namespace Mesh.Benchmarks.P2;

/// <summary>What a request of one round cost its client.</summary>
internal readonly record struct Measured(double CpuMicroseconds, double PerSecond, double Bytes);
