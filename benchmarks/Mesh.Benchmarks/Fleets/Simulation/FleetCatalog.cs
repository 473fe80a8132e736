using System.Collections.Immutable;

namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>A catalog of one service whose content the fleet sets.</summary>
internal sealed class FleetCatalog(ServiceName service) : IMeshCatalog
{
    private readonly List<Action<IReadOnlyCollection<ServiceCell>>> _subscribers = [];
    private readonly Dictionary<ClusterId, ClusterSnapshot> _clusters = [];
    private readonly Cell _cell = new(service);
    private long _revision;

    public IEnumerable<ServiceSnapshot> Services => _cell.Current is { } current ? [current] : [];

    public IReadOnlyCollection<ClusterSnapshot> Clusters => _clusters.Values;

    public long TopologyRevision { get; private set; }

    public IReadOnlyCollection<CatalogSourceStatus> Sources => [];

    public IReadOnlyCollection<CatalogProblem> Problems => [];

    public bool IsSynced => true;

    public void SetCluster(ClusterSnapshot cluster)
    {
        _clusters[cluster.Cluster] = cluster;
        TopologyRevision++;
    }

    public void Set(ImmutableArray<ClusterContribution> contributions, ServicePort port)
    {
        _cell.Set(new ServiceSnapshot(service, ++_revision, DateTimeOffset.UnixEpoch, [port], contributions));
        foreach (var subscriber in _subscribers)
        {
            subscriber([_cell]);
        }
    }

    public ServiceLookup Find(ServiceName name) => new(ServiceLookupStatus.Known, _cell);

    public ValueTask<ServiceLookup> FindAsync(ServiceName name, CancellationToken cancellationToken) => new(Find(name));

    public bool HasNamespace(string @namespace) => @namespace == service.Namespace;

    public ClusterSnapshot? FindCluster(ClusterId cluster) => _clusters.GetValueOrDefault(cluster);

    public ClusterSnapshot? FindCluster(ClusterId cluster, string source) => FindCluster(cluster);

    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public IDisposable Subscribe(Action<IReadOnlyCollection<ServiceCell>> callback)
    {
        _subscribers.Add(callback);
        return new Subscription(() => _subscribers.Remove(callback));
    }

    private sealed class Cell(ServiceName name) : ServiceCell(name)
    {
        public void Set(ServiceSnapshot? snapshot) => Publish(snapshot);

        public override IDisposable OnChange(Action<ServiceCell> callback) => throw new NotSupportedException("Routers subscribe to the catalog.");
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
