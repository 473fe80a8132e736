using Mesh.Connection;
using Mesh.Contributions;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>
/// Follows a cluster's ServiceExports in the version that its server serves, and goes on where the definition is installed later, removed, or served in another version. What
/// stands in the way of reading them is named and holds up neither the own cluster's callers nor what was exported before: only the server's word that there are none takes
/// exports away.
/// </summary>
internal sealed class ExportWatch : IWatchObserver
{
    private const string Subject = "ServiceExports";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    // A server that has just started lists its own types before those that are defined in it.
    private static readonly TimeSpan Confirm = TimeSpan.FromSeconds(10);

    private readonly ConnectorContext _context;
    private readonly IWatchTransport _transport;
    private readonly ClusterHealth _health;
    private readonly ClusterJoin _join;
    private readonly ServerFeatures _features;
    private readonly SavedClusterState? _saved;
    private readonly ExportDiscovery _discovery;
    private readonly ExportDecoder _decoder;
    private readonly ServiceFilter _filter;
    private readonly WatchBackoff _backoff;
    private readonly Dictionary<WatchTarget, (string? Namespace, WatchedSet<ExportObject, ExportObject> Set)> _sets = [];
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _forbidden = new(StringComparer.Ordinal);
    private volatile CancellationTokenSource? _round;

    public ExportWatch(
        ConnectorContext context, IWatchTransport transport, ClusterHealth health, ClusterJoin join, ServiceFilter filter, ServerFeatures features, StringPool pool, SavedClusterState? saved)
    {
        _context = context;
        _transport = transport;
        _health = health;
        _join = join;
        _filter = filter;
        _features = features;
        _saved = saved;
        _discovery = new ExportDiscovery(transport, context.Timings, context.TimeProvider);
        _decoder = new ExportDecoder(pool);
        _backoff = new WatchBackoff(context.TimeProvider, context.Random);
        foreach (var ns in filter.Namespaces(context.Options.Namespaces)) _sets[ExportApi.Target(ns)] = (ns, join.AddExports());
    }

    /// <summary>What the cluster's health is told of, whatever version is served.</summary>
    public IEnumerable<WatchTarget> Targets => _sets.Keys;

    /// <summary>Runs until cancelled, or until another cluster answers.</summary>
    /// <exception cref="ClusterChangedException">Another cluster answers.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var isConfirmed = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var delay = TimeSpan.Zero;
            switch (await _discovery.AskAsync(cancellationToken).ConfigureAwait(false))
            {
                case ExportApi.Served served:
                    isConfirmed = false;
                    await WatchAsync(served.Version, cancellationToken).ConfigureAwait(false);
                    delay = _backoff.Next();
                    break;
                case ExportApi.Absent when !isConfirmed && (_saved is not null || _join.HasExports):
                    isConfirmed = true;
                    delay = Confirm;
                    break;
                case ExportApi.Absent:
                    Absent();
                    delay = _backoff.About(AskAgain);
                    break;
                case ExportApi.Unknown { Failure.Kind: WatchFailureKind.Forbidden } unknown:
                    foreach (var target in _sets.Keys) PassOver(target, $"no permission to ask which APIs the server has (get /apis: {unknown.Failure.Message.TrimEnd('.')}). Bind the ClusterRole system:discovery");
                    delay = _backoff.About(_context.Timings.ForbiddenDelay);
                    break;
                case ExportApi.Unknown unknown:
                    foreach (var target in _sets.Keys) _health.Failed(unknown.Failure with { Target = target });
                    delay = unknown.Failure.RetryAfter is { } asked && asked < _context.Timings.MaxRetryAfter ? asked : _backoff.Next();
                    break;
            }

            await Task.Delay(delay, _context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    void IWatchObserver.Listing(WatchTarget target, WatchFailure? cause) => _health.Listing(target, cause);

    void IWatchObserver.Reached(WatchTarget target, string resourceVersion) => _health.Reached(target, resourceVersion);

    void IWatchObserver.Event(WatchTarget target, WatchEventType type) => _health.Event(target, type);

    void IWatchObserver.Resuming(WatchFailure failure) => _health.Resuming(failure);

    void IWatchObserver.Opened(WatchTarget target)
    {
        _backoff.Healthy();
        lock (_lock)
        {
            _forbidden.Remove(target.ToString());
            Name();
        }

        _join.Flush(_context.TimeProvider.GetTimestamp());
        _health.Opened(ExportApi.Target(target.Namespace));
    }

    void IWatchObserver.Failed(WatchFailure failure)
    {
        var target = ExportApi.Target(failure.Target.Namespace);
        if (failure.StatusCode == 404)
        {
            // The definition went, or this version of it: what is so now is the server's to say.
            _round?.Cancel();
        }
        else if (failure.Kind == WatchFailureKind.Forbidden)
        {
            _context.Metrics.Reconnect(_context.Cluster, failure);
            PassOver(target, $"no permission to {failure.Verb} {target} ({failure.Message.TrimEnd('.')}). Grant list and watch on it by a Role or ClusterRole");
        }
        else
        {
            _health.Failed(failure with { Target = target });
        }
    }

    private async Task WatchAsync(string version, CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _round = round;
        try
        {
            await Task.WhenAll(_sets.Values.Select(s => EndAllAsync(Watcher(version, s.Namespace, s.Set), round))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            _round = null;
        }
    }

    private ResourceWatcher<ExportObject> Watcher(string version, string? ns, WatchedSet<ExportObject, ExportObject> set)
    {
        var target = ExportApi.Target(ns, version) with { FieldSelector = _filter.FieldSelector(ns) };
        return new ResourceWatcher<ExportObject>(target, _decoder, _transport, set, this, _features, _context.Timings, _context.TimeProvider, _context.Random)
        {
            NotOlderThan = _saved?.Notes.GetValueOrDefault(SavedNotes.VersionOf(target)),
        };
    }

    private static async Task EndAllAsync(ResourceWatcher<ExportObject> watcher, CancellationTokenSource round)
    {
        try
        {
            await watcher.RunAsync(round.Token).ConfigureAwait(false);
        }
        finally
        {
            await round.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Absent()
    {
        lock (_lock)
        {
            _forbidden.Clear();
            Name($"the server serves no {ExportApi.Plural}.{ExportApi.Group} in {string.Join(" or ", ExportApi.Versions)}. Install the CustomResourceDefinition of the Multi-Cluster Services API");
        }

        foreach (var (target, (_, set)) in _sets)
        {
            set.Init();
            set.InitDone();
            _health.Excuse(target);
        }

        _join.Flush(_context.TimeProvider.GetTimestamp());
    }

    private void PassOver(WatchTarget target, string obstacle)
    {
        lock (_lock)
        {
            _forbidden[target.ToString()] = obstacle;
            Name();
        }

        _join.Listed(_sets[target].Set);
        _health.Excuse(target);
        _join.Flush(_context.TimeProvider.GetTimestamp());
    }

    private void Name() => Name(_forbidden.Count == 0 ? null : string.Join("; ", _forbidden.Values.Distinct()));

    private void Name(string? obstacle)
    {
        _join.SetExportObstacle(obstacle);
        _join.SetNotice(Subject, obstacle is null ? null : $"{obstacle}, or let others use every service (ExportMode All). Until then other clusters' callers use of this one what is known to be exported, the own callers all of it.");
    }
}
