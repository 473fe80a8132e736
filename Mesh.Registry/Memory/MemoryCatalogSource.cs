namespace Mesh;

/// <summary>A source that holds what the program puts into it, changeable at any time from any thread: for tests, embedding and bridges.</summary>
/// <param name="name">Its name, unique in the mesh. Default <c>memory</c>.</param>
/// <param name="timeProvider">The clock; the system's by default.</param>
public sealed class MemoryCatalogSource(string name = "memory", TimeProvider? timeProvider = null) : ICatalogSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterId, ClusterSnapshot> _clusters = [];
    private readonly Dictionary<(ClusterId Cluster, ServiceName Service), ServiceContribution> _services = [];
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private ICatalogSink? _sink;

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <summary>The namespaces of the services that it holds now, each once.</summary>
    internal IReadOnlyList<string> Namespaces
    {
        get
        {
            lock (_lock)
            {
                return [.. _services.Keys.Select(static s => s.Service.Namespace).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>
    /// Adds or replaces a cluster. One that was not added is made by its first service: live, and dialled directly from anywhere, because what a program
    /// says is its own word.
    /// </summary>
    public MemoryCatalogSource SetCluster(ClusterSnapshot cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        lock (_lock)
        {
            var rangesChanged = _clusters.TryGetValue(cluster.Cluster, out var before) && before.PodCidrs != cluster.PodCidrs;
            _clusters[cluster.Cluster] = cluster;
            _sink?.SetCluster(cluster);
            if (rangesChanged)
            {
                // The catalog looks at addresses as they are brought.
                _sink?.Reset(cluster.Cluster, ServicesOf(cluster.Cluster));
            }
        }

        return this;
    }

    /// <summary>Takes a cluster and its services away.</summary>
    public MemoryCatalogSource RemoveCluster(ClusterId cluster)
    {
        lock (_lock)
        {
            _clusters.Remove(cluster);
            foreach (var key in _services.Keys.Where(k => k.Cluster == cluster).ToList())
            {
                _services.Remove(key);
            }

            _sink?.RemoveCluster(cluster);
        }

        return this;
    }

    /// <summary>Adds or replaces a service of a cluster.</summary>
    public MemoryCatalogSource Set(ClusterId cluster, ServiceContribution service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (!_clusters.ContainsKey(cluster))
            {
                SetCluster(new ClusterSnapshot(cluster) { Freshness = ClusterFreshness.Live, Since = _timeProvider.GetUtcNow(), IsDirect = true });
            }

            _services[(cluster, service.Service)] = service;
            _sink?.Upsert(cluster, service);
        }

        return this;
    }

    /// <summary>Adds or replaces a service of a cluster.</summary>
    /// <param name="service">The service, <c>orders.sales</c>.</param>
    /// <param name="cluster">The cluster, a DNS label.</param>
    /// <param name="describe">Says its ports and endpoints.</param>
    /// <exception cref="FormatException">A name or an address is not valid.</exception>
    public MemoryCatalogSource Service(string service, string cluster, Action<MemoryServiceBuilder> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new MemoryServiceBuilder(ServiceName.Parse(service), new ClusterId(cluster));
        describe(builder);
        return Set(builder.Cluster, builder.Build());
    }

    /// <summary>Takes a service of a cluster away.</summary>
    public MemoryCatalogSource Remove(ClusterId cluster, ServiceName service)
    {
        lock (_lock)
        {
            _services.Remove((cluster, service));
            _sink?.Remove(cluster, service);
        }

        return this;
    }

    /// <inheritdoc/>
    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), stopped);
        lock (_lock)
        {
            _sink = sink;
            foreach (var cluster in _clusters.Values)
            {
                sink.SetCluster(cluster);
                sink.Reset(cluster.Cluster, ServicesOf(cluster.Cluster));
            }

            sink.MarkSynced();
        }

        await stopped.Task.ConfigureAwait(false);
        lock (_lock)
        {
            _sink = ReferenceEquals(_sink, sink) ? null : _sink;
        }
    }

    private List<ServiceContribution> ServicesOf(ClusterId cluster) => _services.Where(s => s.Key.Cluster == cluster).Select(static s => s.Value).ToList();
}
