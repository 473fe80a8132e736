using Mesh.Connection;
using Mesh.Decoding;
using Mesh.Watch;
using Microsoft.Extensions.Logging;

namespace Mesh.Connector;

/// <summary>
/// How a cluster's watches fare together: tells the catalog its freshness and the causes, which the catalog logs. Live means that the catalog has what they brought and that
/// every required watch is open, or being resumed without a pause; one that waits before its next try makes the cluster stale.
/// </summary>
internal sealed partial class ClusterHealth(
    ClusterSnapshot cluster, SavedClusterState? saved, ICatalogSink sink, KubernetesMetrics metrics, TimeProvider timeProvider, Func<string> address, Action suspect, ILogger logger)
    : IWatchObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<WatchTarget, bool> _open = [];
    private readonly Dictionary<WatchTarget, WatchFailure> _failures = [];
    private ClusterSnapshot _shown = saved?.Cluster ?? cluster with { Freshness = ClusterFreshness.Connecting, Since = timeProvider.GetUtcNow() };

    // What was kept of it is a state to route by: losing sight of it now is as losing it later.
    private bool _wasLive = saved is { Refusal: null };
    private bool _isPublished;
    private string? _reported;
    private Action<WatchFailure>? _failed;
    private Action<WatchTarget>? _opened;

    /// <summary>Shows the cluster for the first time.</summary>
    public void Start()
    {
        lock (_lock) sink.SetCluster(_shown);
    }

    /// <summary>A session begins with these watches, all of which must be open for the cluster to be live.</summary>
    public void Begin(ClusterIdentity identity, IEnumerable<WatchTarget> required, Action<WatchFailure> failed, Action<WatchTarget> opened)
    {
        lock (_lock)
        {
            _open.Clear();
            _failures.Clear();
            _isPublished = false;
            foreach (var target in required) _open[target] = false;
            _failed = failed;
            _opened = opened;
            var next = _shown with { Uid = identity.Uid, Version = identity.Version };
            Show(next.Freshness == ClusterFreshness.Live ? next with { Freshness = ClusterFreshness.Stale, Detail = "Its watches are opened anew." } : next);
        }
    }

    /// <summary>The Node that this process runs on is there, or not to be seen.</summary>
    public void SetOwnNode(Locality? place)
    {
        lock (_lock) Show(_shown with { OwnNode = place });
    }

    /// <summary>A changed connection is not taken, for this reason; with <see langword="null"/> there is none such any more.</summary>
    public void SetRenewal(string? failure)
    {
        lock (_lock) Show(_shown with { RenewalFailure = failure });
    }

    /// <summary>The catalog has what the session's watches brought.</summary>
    public void Published()
    {
        if (Volatile.Read(ref _isPublished)) return;
        lock (_lock)
        {
            Volatile.Write(ref _isPublished, true);
            Refresh();
        }
    }

    /// <summary>No session could begin.</summary>
    public void NotConnected(string message)
    {
        lock (_lock) ShowFailure(message);
    }

    /// <summary>Another name holds the cluster that answers: nothing of it is shown under this one.</summary>
    public void Refused(string message)
    {
        lock (_lock)
        {
            _wasLive = false;
            _shown = _shown with { Uid = null, Version = null, OwnNode = null };
            ShowFailure(message);
        }
    }

    public void Listing(WatchTarget target, WatchFailure? cause)
    {
        if (cause is not null) metrics.Relist(cluster.Cluster, target, cause);
        if (cause is { Kind: WatchFailureKind.Expired or WatchFailureKind.TooLarge }) Log.Relist(logger, cluster.Cluster.Name, target.ToString(), cause.Message);
    }

    public void Reached(WatchTarget target, string resourceVersion) => sink.Remember(cluster.Cluster, SavedNotes.VersionOf(target), resourceVersion);

    public void Event(WatchTarget target, WatchEventType type) => metrics.Event(cluster.Cluster, target, type);

    public void Opened(WatchTarget target)
    {
        lock (_lock)
        {
            _failures.Remove(target);
            if (_open.ContainsKey(target)) _open[target] = true;
            Refresh();
            _opened?.Invoke(target);
        }
    }

    /// <summary>A required watch cannot be had, and nothing waits for it.</summary>
    public void Excuse(WatchTarget target)
    {
        lock (_lock)
        {
            _failures.Remove(target);
            if (_open.ContainsKey(target)) _open[target] = true;
            Refresh();
        }
    }

    public void Resuming(WatchFailure failure)
    {
        metrics.Reconnect(cluster.Cluster, failure);
        suspect();

        // An expired watch is told by its list, an event that comes again malformed by what is left out.
        if (failure is { Kind: WatchFailureKind.Malformed, IsOneEvent: false }) Log.Resumed(logger, cluster.Cluster.Name, failure.Target.ToString(), failure.Message);
    }

    public void Failed(WatchFailure failure)
    {
        metrics.Reconnect(cluster.Cluster, failure);
        suspect();
        lock (_lock)
        {
            // These only cost a list, and the reason why the watch was not open before still holds; should the list fail too, it says so itself.
            if (failure.Kind is WatchFailureKind.Expired or WatchFailureKind.TooLarge && !_open.GetValueOrDefault(failure.Target)) return;
            if (_open.ContainsKey(failure.Target))
            {
                _open[failure.Target] = false;
                _failures[failure.Target] = failure;
                Refresh();
            }

            _failed?.Invoke(failure);
        }
    }

    private void Refresh()
    {
        if (_failures.Count > 0)
        {
            ShowFailure(FailureText.Of(cluster.Cluster, address(), _failures.OrderBy(static f => f.Key.ToString(), StringComparer.Ordinal).Select(static f => f.Value).ToList()));
        }
        else if (_isPublished && _open.Count > 0 && _open.Values.All(static o => o))
        {
            _wasLive = true;
            if (_shown.Freshness == ClusterFreshness.Live && _shown.Detail is null) return;
            _reported = null;
            Show(_shown with { Freshness = ClusterFreshness.Live, Detail = null });
            sink.ReportFailure(null);
        }
    }

    /// <summary>What was kept of the cluster is no longer in the catalog.</summary>
    public void Dropped()
    {
        lock (_lock)
        {
            _wasLive = false;
            Show(_shown with { Freshness = ClusterFreshness.Connecting, Detail = null, Uid = null, OwnNode = null });
        }
    }

    private void ShowFailure(string message)
    {
        if (!_wasLive && saved?.Refusal is { } refusal) message = $"{message} {refusal}";
        Show(_shown with { Freshness = _wasLive ? ClusterFreshness.Stale : ClusterFreshness.Connecting, Detail = message });
        if (_reported == message) return;
        _reported = message;
        sink.ReportFailure(message);
    }

    private void Show(ClusterSnapshot next)
    {
        if (next.Freshness != _shown.Freshness) next = next with { Since = timeProvider.GetUtcNow() };
        if (next == _shown) return;
        _shown = next;
        sink.SetCluster(next);
    }

    private static partial class Log
    {
        [LoggerMessage(1103, LogLevel.Information, "Cluster {Cluster}: {Target} are listed anew: {Reason}")]
        public static partial void Relist(ILogger logger, string cluster, string target, string reason);

        [LoggerMessage(1106, LogLevel.Warning, "Cluster {Cluster}: the watch of {Target} was broken off and is resumed where it was: {Reason}. Check for proxies on the way if it happens often.")]
        public static partial void Resumed(ILogger logger, string cluster, string target, string reason);
    }
}
