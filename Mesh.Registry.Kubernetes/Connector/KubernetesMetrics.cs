using System.Diagnostics.Metrics;
using Mesh.Connection;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>The meter of the cluster connectors of one process.</summary>
internal sealed class KubernetesMetrics : IDisposable
{
    public const string MeterName = "Mesh";

    private readonly Meter _meter;
    private readonly bool _isOwn;
    private readonly Counter<long> _events;
    private readonly Counter<long> _relists;
    private readonly Counter<long> _reconnects;
    private readonly Counter<long> _renewals;
    private readonly Histogram<double> _lag;

    /// <param name="factory">Where the meter is made; <see langword="null"/> for one of its own.</param>
    public KubernetesMetrics(IMeterFactory? factory = null)
    {
        // A factory's meter is the factory's to dispose.
        _isOwn = factory is null;
        _meter = factory?.Create(new MeterOptions(MeterName)) ?? new Meter(MeterName);
        _events = _meter.CreateCounter<long>("mesh.registry.kubernetes.events", "{event}", "Watch events received.");
        _relists = _meter.CreateCounter<long>("mesh.registry.kubernetes.relists", "{list}", "Lists read anew after the first, by what made them necessary.");
        _reconnects = _meter.CreateCounter<long>("mesh.registry.kubernetes.reconnects", "{request}", "List and watch requests that failed and are tried again, by reason.");
        _renewals = _meter.CreateCounter<long>("mesh.registry.kubernetes.renewals", "{connection}", "Connections made anew while one was in use, by what came of it.");
        _lag = _meter.CreateHistogram<double>("mesh.registry.kubernetes.lag", "s", "From the arrival of changes to their publication in the catalog.");
    }

    public void Event(ClusterId cluster, WatchTarget target, WatchEventType type) =>
        _events.Add(1, Cluster(cluster), Resource(target), new KeyValuePair<string, object?>("mesh.event", Name(type)));

    public void Relist(ClusterId cluster, WatchTarget target, WatchFailure cause) => _relists.Add(1, Cluster(cluster), Resource(target), Reason(cause.Kind));

    public void Reconnect(ClusterId cluster, WatchFailure failure) => _reconnects.Add(1, Cluster(cluster), Resource(failure.Target), Reason(failure.Kind));

    public void OtherCluster(ClusterId cluster, WatchTarget asked) => _reconnects.Add(1, Cluster(cluster), Resource(asked), new KeyValuePair<string, object?>("mesh.reason", "other_cluster"));

    public void Renewal(ClusterId cluster, ConnectionRefusal? refusal) =>
        _renewals.Add(1, Cluster(cluster), refusal is null ? new KeyValuePair<string, object?>("mesh.reason", "taken") : Reason(refusal.Kind));

    public void Published(ClusterId cluster, TimeSpan lag) => _lag.Record(lag.TotalSeconds, Cluster(cluster));

    public void Dispose()
    {
        if (_isOwn) _meter.Dispose();
    }

    private static KeyValuePair<string, object?> Cluster(ClusterId cluster) => new("mesh.cluster", cluster.Name);

    private static KeyValuePair<string, object?> Resource(WatchTarget target) => new("mesh.resource", target.Type.Plural);

    private static KeyValuePair<string, object?> Reason(WatchFailureKind kind) => new("mesh.reason", kind switch
    {
        WatchFailureKind.Unreachable => "unreachable",
        WatchFailureKind.Certificate => "certificate",
        WatchFailureKind.Unauthorized => "unauthorized",
        WatchFailureKind.Forbidden => "forbidden",
        WatchFailureKind.Expired => "expired",
        WatchFailureKind.TooLarge => "version_too_large",
        WatchFailureKind.Overloaded => "overloaded",
        WatchFailureKind.Malformed => "malformed",
        WatchFailureKind.EndedAtOnce => "ended_at_once",
        WatchFailureKind.Idle => "idle",
        WatchFailureKind.TooMany => "too_many",
        WatchFailureKind.Configuration => "configuration",
        _ => "status",
    });

    private static string Name(WatchEventType type) => type switch
    {
        WatchEventType.Added => "added",
        WatchEventType.Modified => "modified",
        WatchEventType.Deleted => "deleted",
        WatchEventType.Bookmark => "bookmark",
        WatchEventType.Error => "error",
        _ => "unknown",
    };
}
