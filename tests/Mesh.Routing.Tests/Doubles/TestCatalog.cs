using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Mesh.Doubles;

/// <summary>A catalog whose content the test sets. Notices are given only when the test asks for them.</summary>
internal sealed class TestCatalog : IMeshCatalog
{
    private readonly ConcurrentDictionary<ServiceName, TestCell> _cells = new();
    private readonly ConcurrentDictionary<(string Source, ClusterId Cluster), ClusterSnapshot> _clusters = new();
    private readonly ConcurrentDictionary<string, bool> _namespaces = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<IReadOnlyCollection<ServiceCell>>? _subscriber;
    private long _revision;
    private long _topology;

    public IEnumerable<ServiceSnapshot> Services
    {
        get
        {
            OnServices?.Invoke();
            return _cells.Values.Select(static c => c.Current).OfType<ServiceSnapshot>();
        }
    }

    /// <summary>Called whenever all services are asked for.</summary>
    public Action? OnServices { get; set; }

    public IReadOnlyCollection<ClusterSnapshot> Clusters => [.. _clusters.Values];

    public long TopologyRevision => Volatile.Read(ref _topology);

    public IReadOnlyCollection<CatalogSourceStatus> Sources { get; set; } = [];

    public IReadOnlyCollection<CatalogProblem> Problems { get; set; } = [];

    public bool IsSynced => _synced.Task.IsCompleted;

    /// <summary>Whether a service that is known is waited for until <see cref="Sync"/>: as if the others still connected, and none had failed.</summary>
    public bool WaitsForSync { get; set; } = true;

    /// <summary>When services that are set have changed.</summary>
    public DateTimeOffset ChangedAt { get; set; } = DateTimeOffset.UnixEpoch;

    public int Finds { get; private set; }

    /// <summary>Called by each <see cref="Find"/>.</summary>
    public Action? OnFind { get; set; }

    public void Sync() => _synced.TrySetResult();

    public void SetCluster(ClusterSnapshot cluster, string source = "test")
    {
        var old = _clusters.GetValueOrDefault((source, cluster.Cluster));
        _clusters[(source, cluster.Cluster)] = cluster;
        if (old is null || old with { Freshness = cluster.Freshness, Since = cluster.Since, Detail = cluster.Detail, Version = cluster.Version } != cluster)
        {
            Interlocked.Increment(ref _topology);
        }
    }

    public void Set(ServiceName service, params ServiceContribution[] ofClusters) =>
        Set(service, [.. ofClusters.Select(static c => new ClusterContribution("test", c.Segments[0].Cluster, c))]);

    public void Set(ServiceName service, ImmutableArray<ClusterContribution> contributions, params ImmutableArray<ServiceConflict> conflicts)
    {
        _namespaces[service.Namespace] = true;
        ImmutableArray<ServicePort> ports = [.. contributions.SelectMany(static c => c.Service.Ports).DistinctBy(static p => p.Name).DistinctBy(static p => p.Port)];
        Cell(service).Set(new ServiceSnapshot(service, Interlocked.Increment(ref _revision), ChangedAt, ports, contributions) { Conflicts = conflicts });
    }

    public void Remove(ServiceName service) => Cell(service).Set(null);

    public void Notify(params ServiceName[] services) => _subscriber?.Invoke([.. services.Select(Cell)]);

    public ServiceLookup Find(ServiceName service)
    {
        Finds++;
        OnFind?.Invoke();
        var cell = Cell(service);
        return new ServiceLookup(cell.Current is not null ? ServiceLookupStatus.Known : IsSynced ? ServiceLookupStatus.Absent : ServiceLookupStatus.Pending, cell);
    }

    public async ValueTask<ServiceLookup> FindAsync(ServiceName service, CancellationToken cancellationToken)
    {
        if (WaitsForSync || Find(service).Status != ServiceLookupStatus.Known)
        {
            await _synced.Task.WaitAsync(cancellationToken);
        }

        return Find(service);
    }

    public bool HasNamespace(string @namespace) => _namespaces.ContainsKey(@namespace);

    public ClusterSnapshot? FindCluster(ClusterId cluster) =>
        _clusters.Where(c => c.Key.Cluster == cluster).OrderBy(static c => c.Value.Freshness == ClusterFreshness.Live ? 0 : 1).ThenBy(static c => c.Key.Source, StringComparer.Ordinal)
            .Select(static c => c.Value).FirstOrDefault();

    public ClusterSnapshot? FindCluster(ClusterId cluster, string source) => _clusters.GetValueOrDefault((source, cluster));

    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => _synced.Task.WaitAsync(cancellationToken);

    public IDisposable Subscribe(Action<IReadOnlyCollection<ServiceCell>> callback)
    {
        _subscriber = callback;
        return new Subscription(this);
    }

    private TestCell Cell(ServiceName service) => _cells.GetOrAdd(service, static n => new TestCell(n));

    private sealed class Subscription(TestCatalog catalog) : IDisposable
    {
        public void Dispose() => catalog._subscriber = null;
    }
}
