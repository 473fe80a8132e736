namespace Mesh.Benchmarks.P5;

/// <summary>A source that brings some services, and whose sink the benchmark then writes to itself.</summary>
internal sealed class HeldSource(int services) : ICatalogSource
{
    public string Name => "held";

    public ICatalogSink Sink { get; private set; } = null!;

    public Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        Sink = sink;
        sink.SetCluster(new ClusterSnapshot(ServiceMaker.Cluster) { Freshness = ClusterFreshness.Live, Region = "eu" });
        sink.Reset(ServiceMaker.Cluster, [.. Enumerable.Range(0, services).Select(static i => ServiceMaker.Make(i, generation: 0))]);
        sink.MarkSynced();
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
