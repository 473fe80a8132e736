namespace Mesh;

/// <summary>A source that delivers when it is told to.</summary>
internal sealed class HeldSource : ICatalogSource
{
    private readonly TaskCompletionSource<ServiceContribution> _delivery = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "held";

    public void Deliver(string service, string address)
    {
        var segment = new EndpointSegmentBuilder(new ClusterId("alpha"), service, [new EndpointPort("", 80)], 1);
        segment.Add(new EndpointDescription(EndpointAddress.Parse(address)));
        _delivery.SetResult(new ServiceContribution(ServiceName.Parse(service)) { Ports = [new ServicePort("", 80)], Segments = [segment.Build()] });
    }

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        var service = await _delivery.Task.WaitAsync(cancellationToken);
        var cluster = new ClusterSnapshot(new ClusterId("alpha")) { Freshness = ClusterFreshness.Live, IsDirect = true };
        sink.SetCluster(cluster);
        sink.Reset(cluster.Cluster, [service]);
        sink.MarkSynced();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
