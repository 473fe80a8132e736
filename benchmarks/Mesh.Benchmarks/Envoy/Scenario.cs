using System.Globalization;

namespace Mesh.Benchmarks.Envoy;

/// <summary>A policy, the same for both, and who of the hosts is well.</summary>
/// <param name="Service">The service, and Envoy's cluster: what its policy is.</param>
/// <param name="Title">What is tried.</param>
/// <param name="Hosts">The hosts; the i-th is the i-th backend.</param>
/// <param name="ByHost">Whether shares are those of hosts; else those of clusters.</param>
internal sealed record Scenario(Service Service, string Title, Host[] Hosts, bool ByHost = false)
{
    private const int Size = 4;

    /// <summary>All of them.</summary>
    public static IEnumerable<Scenario> All =>
    [
        .. ((int[][])[[4, 4, 4], [3, 4, 4], [2, 4, 4], [1, 4, 4], [0, 4, 4], [2, 2, 4], [1, 1, 4], [0, 3, 4], [0, 0, 4], [1, 1, 1], [0, 1, 2]])
            .Select(static well => new Scenario(Service.Failover, "three levels", [.. Levels(well)])),
        .. ((int[][])[[4, 4], [2, 4], [1, 4], [0, 4], [4, 2]])
            .Select(static well => new Scenario(Service.Weighted, "weights 80 and 20", [.. Levels(well)])),
        new Scenario(Service.RoundRobin, "round robin, weights 1 2 3 4", [new(0), new(0, 2), new(0, 3), new(0, 4)], ByHost: true),
        new Scenario(Service.RoundRobin, "round robin, weights 1 2 3 4", [new(0), new(0, 2), new(0, 3, IsDown: true), new(0, 4)], ByHost: true),
    ];

    /// <summary>How many are well, cluster by cluster: <c>2/4 4/4</c>.</summary>
    public string Well => string.Join(' ', Hosts.GroupBy(static h => h.Cluster).OrderBy(static g => g.Key)
        .Select(static g => string.Create(CultureInfo.InvariantCulture, $"{g.Count(static h => !h.IsDown)}/{g.Count()}")));

    private static IEnumerable<Host> Levels(int[] well) => well.SelectMany(static (count, cluster) => Enumerable.Range(0, Size).Select(i => new Host(cluster, IsDown: i >= count)));
}
