namespace Mesh.Benchmarks.P8;

/// <summary>One start.</summary>
/// <param name="Milliseconds">From the start of the process to the first answer.</param>
/// <param name="CpuMilliseconds">What the process had used by then.</param>
/// <param name="Megabytes">What its heap held then, after a full collection.</param>
internal readonly record struct Measured(double Milliseconds, double CpuMilliseconds, double Megabytes);
