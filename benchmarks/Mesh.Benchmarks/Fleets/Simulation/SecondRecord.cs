namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>What happened in one second of a run, cluster by cluster.</summary>
internal sealed class SecondRecord(int clusters)
{
    /// <summary>What each cluster could serve.</summary>
    public double[] Capacity { get; } = new double[clusters];

    /// <summary>What the callers of each asked for.</summary>
    public double[] Demand { get; } = new double[clusters];

    /// <summary>Tries that reached the pods of each.</summary>
    public int[] Arrived { get; } = new int[clusters];

    /// <summary>Requests that the callers of each began.</summary>
    public int[] Begun { get; } = new int[clusters];

    /// <summary>Of those, how many were first sent where: [callers, cluster].</summary>
    public int[,] Sent { get; } = new int[clusters, clusters];

    /// <summary>Of those, how many were turned away at once.</summary>
    public int[] Shed { get; } = new int[clusters];

    /// <summary>Requests that ended well.</summary>
    public int Served { get; set; }

    /// <summary>Requests that ended in a failure their caller saw.</summary>
    public int Failed { get; set; }

    /// <summary>Tries.</summary>
    public int Tries { get; set; }
}
