using Mesh.Connection;
using Mesh.Decoding;
using Mesh.Watch;
using Microsoft.Extensions.Logging;

namespace Mesh.Connector;

/// <summary>How a cluster's watches fare together: tells the catalog its freshness and the log each transition, each cause once.</summary>
internal sealed partial class ClusterHealth(
    ClusterSnapshot cluster, ICatalogSink sink, KubernetesMetrics metrics, TimeProvider timeProvider, Func<string> address, Action suspect, ILogger logger)
    : IWatchObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<WatchTarget, bool> _open = [];
    private readonly Dictionary<WatchTarget, WatchFailure> _failures = [];
    private ClusterSnapshot _shown = cluster with { Freshness = ClusterFreshness.Connecting, Since = timeProvider.GetUtcNow() };
    private bool _wasLive;
    private string? _logged;
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
            foreach (var target in required) _open[target] = false;
            _failed = failed;
            _opened = opened;
            Show(_shown with { Uid = identity.Uid, Version = identity.Version });
        }
    }

    /// <summary>The Node that this process runs on is there, or not to be seen.</summary>
    public void SetOwnNode(Locality? place)
    {
        lock (_lock) Show(_shown with { OwnNode = place });
    }

    /// <summary>No session could begin.</summary>
    public void NotConnected(string message)
    {
        lock (_lock) ShowFailure(message);
    }

    public void Listing(WatchTarget target, WatchFailure? cause)
    {
        if (cause is not null) metrics.Relist(cluster.Cluster, target, cause);
        if (cause is { Kind: WatchFailureKind.Expired or WatchFailureKind.TooLarge }) Log.Relist(logger, cluster.Cluster.Name, target.ToString(), cause.Message);
    }

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

    public void Failed(WatchFailure failure)
    {
        metrics.Reconnect(cluster.Cluster, failure);
        suspect();

        // These only cost a list; should that fail too, it says so itself.
        if (failure.Kind is WatchFailureKind.Expired or WatchFailureKind.TooLarge) return;
        lock (_lock)
        {
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
        else if (_open.Count > 0 && _open.Values.All(static o => o))
        {
            _wasLive = true;
            if (_shown.Freshness == ClusterFreshness.Live && _shown.Detail is null) return;
            _logged = null;
            Log.Live(logger, cluster.Cluster.Name, address(), _shown.Version);
            Show(_shown with { Freshness = ClusterFreshness.Live, Detail = null });
            sink.ReportFailure(null);
        }
    }

    private void ShowFailure(string message)
    {
        if (_logged != message)
        {
            _logged = message;
            if (_wasLive) Log.Stale(logger, cluster.Cluster.Name, message);
            else Log.NotConnected(logger, cluster.Cluster.Name, message);
            sink.ReportFailure(message);
        }

        Show(_shown with { Freshness = _wasLive ? ClusterFreshness.Stale : ClusterFreshness.Connecting, Detail = message });
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
        [LoggerMessage(1100, LogLevel.Information, "Cluster {Cluster} is live: changes arrive from {Address} ({Version}).")]
        public static partial void Live(ILogger logger, string cluster, string address, string? version);

        [LoggerMessage(1101, LogLevel.Warning, "Cluster {Cluster} is stale; its last known state stays in use. {Reason}")]
        public static partial void Stale(ILogger logger, string cluster, string reason);

        [LoggerMessage(1102, LogLevel.Warning, "Cluster {Cluster} is not connected yet. {Reason}")]
        public static partial void NotConnected(ILogger logger, string cluster, string reason);

        [LoggerMessage(1103, LogLevel.Information, "Cluster {Cluster}: {Target} are listed anew: {Reason}")]
        public static partial void Relist(ILogger logger, string cluster, string target, string reason);
    }
}
