using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>What the parts of one connector share.</summary>
/// <param name="SourceName">The source's name, <c>kubernetes/alpha</c>.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="CallerNode">The Node of this cluster that the process says it runs on; <see langword="null"/> where it does not say, or runs in another cluster.</param>
/// <param name="Options">Its settings, checked.</param>
/// <param name="Timings">Times and limits.</param>
/// <param name="Metrics">The meter.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Random">Randomness; locked by those who use it.</param>
internal sealed record ConnectorContext(
    string SourceName,
    ClusterId Cluster,
    string? CallerNode,
    KubernetesClusterOptions Options,
    WatchTimings Timings,
    KubernetesMetrics Metrics,
    TimeProvider TimeProvider,
    Random Random);
