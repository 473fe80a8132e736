using System.Diagnostics.CodeAnalysis;

namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>What a pod answers.</summary>
/// <param name="IsRefused">Whether it is 503.</param>
/// <param name="Utilization">What it says of itself; NaN = nothing.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
internal readonly record struct PodAnswer(bool IsRefused, double Utilization);
