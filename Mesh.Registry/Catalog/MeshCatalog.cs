using System.Diagnostics.Metrics;
using Mesh.Catalog;
using Mesh.State;
using Mesh.Supervision;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh;

/// <summary>
/// The catalog of one process: runs its sources and merges what they bring. A change to one service costs what that service costs, whatever the size
/// of the catalog. Readers never lock. Start it once; after <see cref="StopAsync"/> the last state stays readable.
/// </summary>
public sealed class MeshCatalog : IMeshCatalog, IDisposable, IAsyncDisposable
{
    // A source that does not heed its cancellation must not hold up whoever disposes a container without awaiting it.
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);

    private const string NotStarted =
        "the mesh was not started: start the host (a container alone starts nothing), or use MeshRouting.StartAsync";

    private readonly CatalogCore _core;
    private readonly SourceSink[] _sinks;
    private readonly CatalogRun _run;
    private readonly SettleRule _settling;
    private readonly RegistryMetrics _metrics;
    private readonly NamespaceMemory? _memory;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unsynced;

    /// <summary>Makes a catalog of <paramref name="sources"/>; nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="sources">What brings services; each with a name of its own.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where it logs.</param>
    /// <param name="meterFactory">Where its meter <c>Mesh.Registry</c> is made; <see langword="null"/> for a meter of its own.</param>
    /// <exception cref="ArgumentException">Two sources have the same name.</exception>
    public MeshCatalog(
        IEnumerable<ICatalogSource> sources,
        MeshCatalogOptions options,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _core = new CatalogCore(options, timeProvider, loggerFactory);
        _sinks = sources.Select((source, place) => new SourceSink(place, source, _core, SourceSynced)).ToArray();
        if (_sinks.GroupBy(static s => s.Source.Name, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{twice.Count()} catalog sources are named '{twice.Key}'; give each a name of its own.", nameof(sources));
        }

        _unsynced = _sinks.Length;
        if (_unsynced == 0)
        {
            _synced.TrySetResult();
        }

        _run = new CatalogRun(_core, _sinks);
        _settling = new SettleRule(_core, _sinks);
        _memory = options.StateDirectory is { } directory ? new NamespaceMemory(directory, _core, _core.Logger) : null;
        _metrics = new RegistryMetrics(_core, _sinks, _memory, meterFactory);
    }

    internal CatalogCore Core => _core;

    internal Meter Meter => _metrics.Meter;

    /// <inheritdoc/>
    public IEnumerable<ServiceSnapshot> Services => _core.Cells.Awake.Select(static c => c.Current).OfType<ServiceSnapshot>();

    /// <inheritdoc/>
    public IReadOnlyCollection<ClusterSnapshot> Clusters => _core.Clusters.All;

    /// <inheritdoc/>
    public long TopologyRevision => _core.Clusters.TopologyRevision;

    /// <inheritdoc/>
    public IReadOnlyCollection<CatalogSourceStatus> Sources => Array.ConvertAll(_sinks, s => _run.IsStarted ? s.Status : s.Status with { Failure = NotStarted });

    /// <inheritdoc/>
    public IReadOnlyCollection<CatalogProblem> Problems
    {
        get
        {
            List<CatalogProblem> problems = [];
            foreach (var sink in _sinks)
            {
                sink.AddProblems(problems);
            }

            foreach (var service in Services)
            {
                foreach (var conflict in service.Conflicts)
                {
                    problems.Add(new CatalogProblem(conflict.Source, conflict.Cluster, $"service {service.Name}", conflict.Message) { Service = service.Name });
                }
            }

            return problems;
        }
    }

    /// <inheritdoc/>
    public bool IsSynced => Volatile.Read(ref _unsynced) == 0;

    /// <inheritdoc/>
    public ServiceLookup Find(ServiceName service)
    {
        var cell = _core.Cells.GetOrAdd(service);
        _core.Interest.Register(cell);
        return new ServiceLookup(StatusOf(cell), cell);
    }

    /// <inheritdoc/>
    public ValueTask<ServiceLookup> FindAsync(ServiceName service, CancellationToken cancellationToken)
    {
        var lookup = Find(service);
        return _settling.Remaining(lookup) == TimeSpan.Zero ? new ValueTask<ServiceLookup>(lookup) : new ValueTask<ServiceLookup>(WaitUntilSettledAsync(service, cancellationToken));
    }

    /// <inheritdoc/>
    public bool HasNamespace(string @namespace) => _core.Cells.HasNamespace(@namespace);

    /// <inheritdoc/>
    public ClusterSnapshot? FindCluster(ClusterId cluster) => _core.Clusters.Find(cluster);

    /// <inheritdoc/>
    public ClusterSnapshot? FindCluster(ClusterId cluster, string source)
    {
        var place = Array.FindIndex(_sinks, s => s.Source.Name == source);
        return place < 0 ? null : _core.Clusters.Find(place, cluster);
    }

    /// <inheritdoc/>
    public ServiceName? TakenBy(ClusterId stale, string network, EndpointAddress address, int port) => _core.Claims.TakenBy(stale, new AddressClaim(network, address, port));

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => _synced.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<IReadOnlyCollection<ServiceCell>> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return _core.Notices.Subscribe(callback);
    }

    /// <summary>Starts the sources and returns at once; a second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">It was stopped.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _run.Start();
        return Task.CompletedTask;
    }

    /// <summary>Stops the sources and waits for them, until <paramref name="cancellationToken"/> at most.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _run.StopAsync().WaitAsync(cancellationToken);

    /// <summary>Stops it and ends its meter. May be called again, and after <see cref="Dispose"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _run.StopAsync().ConfigureAwait(false);
        End();
    }

    /// <summary>
    /// As <see cref="DisposeAsync"/>, for containers that are disposed synchronously: waits for the sources, 5 s at most, and leaves one that does not end
    /// when it is cancelled to end by itself.
    /// </summary>
    public void Dispose()
    {
        _run.StopAsync().Wait(DisposePatience);
        End();
    }

    private void End()
    {
        _memory?.Dispose();
        _metrics.Dispose();
    }

    private ServiceLookupStatus StatusOf(CatalogCell cell)
    {
        if (cell.Current is not null)
        {
            return ServiceLookupStatus.Known;
        }

        foreach (var sink in _sinks)
        {
            if (sink.IsPending(cell))
            {
                return ServiceLookupStatus.Pending;
            }
        }

        // The last source may have brought it between the first look and its answer.
        return cell.Current is null ? ServiceLookupStatus.Absent : ServiceLookupStatus.Known;
    }

    private async Task<ServiceLookup> WaitUntilSettledAsync(ServiceName service, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What to wait for is taken before looking, so that no change falls in between.
            var sources = _core.WhenSourcesChange;
            var changed = _core.Cells.GetOrAdd(service).WhenChanged();
            var lookup = Find(service);
            var remaining = _settling.Remaining(lookup);
            if (remaining == TimeSpan.Zero)
            {
                return lookup;
            }

            await WhenAnyAsync(sources, changed, remaining, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WhenAnyAsync(Task sources, Task changed, TimeSpan time, CancellationToken cancellationToken)
    {
        // Not linked to the caller's: a delay that the caller's cancellation ends would count as one of the three, and the wait would begin anew for ever.
        using var over = new CancellationTokenSource();
        try
        {
            await Task.WhenAny(sources, changed, Task.Delay(time, _core.TimeProvider, over.Token)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private void SourceSynced()
    {
        if (Interlocked.Decrement(ref _unsynced) == 0)
        {
            _synced.TrySetResult();
        }
    }
}
