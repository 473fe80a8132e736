namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>A cluster: its pods, and how much its callers ask for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pods">Its pods.</param>
internal sealed record SimulatedCluster(string Name, Pod[] Pods)
{
    /// <summary>Requests per second of the callers that run in it.</summary>
    public double Demand { get; set; }

    /// <summary>What it can serve per second, now.</summary>
    public double Capacity => Pods.Where(static p => p is { IsDead: false, IsReady: true }).Sum(static p => p.Capacity);
}
