using Mesh.Clusters;
using Mesh.Interest;
using Mesh.Notices;
using Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mesh.Catalog;

/// <summary>The parts of one catalog that its sources' sinks and its cells share.</summary>
internal sealed class CatalogCore
{
    private TaskCompletionSource _sourcesChanged = NewPulse();
    private long _revision;

    public CatalogCore(MeshCatalogOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        Options = options;
        TimeProvider = timeProvider;
        Logger = loggerFactory.CreateLogger<MeshCatalog>();
        Cells = new CellDirectory(this);
        Notices = new ChangeNotifier(Logger);
        Interest = new InterestTracker(this);
        Clusters = new ClusterDirectory();
        Claims = new ClaimIndex(this);
        State = options is { StateDirectory: { } directory, MaxCachedAge.Ticks: > 0 } ? new StateKeeper(directory, options.MaxCachedAge, timeProvider, Logger) : null;
    }

    public MeshCatalogOptions Options { get; }

    public TimeProvider TimeProvider { get; }

    public ILogger Logger { get; }

    public CellDirectory Cells { get; }

    public ClusterDirectory Clusters { get; }

    /// <summary>Which addresses of stale clusters others show now.</summary>
    public ClaimIndex Claims { get; }

    public InterestTracker Interest { get; }

    public ChangeNotifier Notices { get; }

    /// <summary>Keeps the last state of clusters on disk; <see langword="null"/> where that is not asked for.</summary>
    public StateKeeper? State { get; }

    public CatalogCounts Counts { get; } = new();

    /// <summary>Completes at the next change of a source's state (synced, failing).</summary>
    public Task WhenSourcesChange => Volatile.Read(ref _sourcesChanged).Task;

    public long NextRevision() => Interlocked.Increment(ref _revision);

    /// <summary>Says that a source's state changed.</summary>
    public void SourcesChanged()
    {
        Interlocked.Exchange(ref _sourcesChanged, NewPulse()).TrySetResult();
        Notices.StateChanged();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
