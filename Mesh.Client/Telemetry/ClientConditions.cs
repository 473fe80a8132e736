using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Mesh.Telemetry;

/// <summary>
/// What of the client is not as it should be now, and how many requests went past the mesh undecided. Made with the host, before any request: what is wrong with the configuration shows without one.
/// </summary>
internal sealed class ClientConditions
{
    /// <summary>Endpoints of a cluster that cannot be connected to.</summary>
    public const string EndpointUnreachable = "endpoint_unreachable";

    /// <summary>Gateways of a cluster that cannot be connected to.</summary>
    public const string GatewayUnreachable = "gateway_unreachable";

    /// <summary>Clients whose primary handler has settings that services do not see.</summary>
    public const string SettingsIgnored = "settings_ignored";

    private readonly ConcurrentDictionary<string, Func<int>> _watched = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Reason, ClusterId Cluster), int> _counted = new() { [(SettingsIgnored, default)] = 0 };
    private long _undecided;

    public ClientConditions(IMeterFactory meters)
    {
        var meter = meters.Create(MeshTelemetry.Name);
        meter.CreateObservableUpDownCounter("mesh.client.degraded", Read, "{condition}", "What of the client is not as it should be now, by reason.");
        meter.CreateObservableCounter("mesh.client.undecided", () => Interlocked.Read(ref _undecided), "{request}", "Requests that went past the mesh while it was not known whether their host is a service.");
    }

    /// <summary>Asks for it whenever somebody looks.</summary>
    /// <param name="reason">What it is, a word of a fixed list.</param>
    /// <param name="count">How often it is so now.</param>
    public void Watch(string reason, Func<int> count) => _watched[reason] = count;

    /// <summary>It has begun once more, or ended once. Told from then on also while there is none, so that its end is seen.</summary>
    /// <param name="reason">What it is, a word of a fixed list.</param>
    /// <param name="cluster">The cluster that it is about, or none.</param>
    /// <param name="change">1 or −1.</param>
    public void Add(string reason, ClusterId cluster, int change) =>
        _counted.AddOrUpdate((reason, cluster), static (_, change) => change, static (_, count, change) => count + change, change);

    /// <summary>A request went past the mesh.</summary>
    public void AddUndecided() => Interlocked.Increment(ref _undecided);

    private IEnumerable<Measurement<int>> Read()
    {
        foreach (var (reason, count) in _watched)
        {
            yield return new Measurement<int>(count(), new KeyValuePair<string, object?>("mesh.reason", reason));
        }

        foreach (var ((reason, cluster), count) in _counted)
        {
            KeyValuePair<string, object?> said = new("mesh.reason", reason);
            yield return cluster.IsNone ? new Measurement<int>(count, said) : new Measurement<int>(count, said, new("mesh.cluster", cluster.Name));
        }
    }
}
