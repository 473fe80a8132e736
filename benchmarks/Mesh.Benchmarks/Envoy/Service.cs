namespace Mesh.Benchmarks.Envoy;

/// <summary>A policy that both are given.</summary>
internal enum Service
{
    /// <summary>Clusters one after another: Envoy's priorities, the mesh's Failover.</summary>
    Failover,

    /// <summary>Two clusters by weight: Envoy's weighted localities of one priority, the mesh's ActiveActive.</summary>
    Weighted,

    /// <summary>One cluster, its hosts by weight in turn.</summary>
    RoundRobin,
}
