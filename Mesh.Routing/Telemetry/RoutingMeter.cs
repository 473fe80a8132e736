using System.Diagnostics.Metrics;
using Mesh.Health;

namespace Mesh.Telemetry;

/// <summary>The meter <c>Mesh.Routing</c>. Observed instruments are computed when a listener asks, never on a pick.</summary>
internal sealed class RoutingMeter : IDisposable
{
    public const string Name = "Mesh";

    private readonly Meter _meter;
    private readonly bool _isOwn;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _probeChanges;
    private readonly Counter<long> _breakerChanges;

    public RoutingMeter(Func<IEnumerable<EndpointState>> endpoints, Func<IEnumerable<(ServiceName Service, Breaker Breaker)>> breakers, IMeterFactory? factory = null)
    {
        // A factory's meter is the factory's to dispose.
        _isOwn = factory is null;
        _meter = factory?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        _ejections = _meter.CreateCounter<long>("mesh.routing.ejections", "{ejection}", "Endpoints ejected for failing.");
        _probeChanges = _meter.CreateCounter<long>("mesh.routing.probe.changes", "{change}", "Endpoints whose probes began to fail or succeeded again.");
        _breakerChanges = _meter.CreateCounter<long>("mesh.routing.breaker.changes", "{change}", "Tiers or clusters that went down or came back.");
        _meter.CreateObservableCounter("mesh.routing.picks", () => ReadPicks(endpoints()), "{pick}", "Endpoints picked, per service, cluster and tier.");
        _meter.CreateObservableUpDownCounter("mesh.routing.endpoints", () => Count(endpoints(), static _ => true), "{endpoint}", "Endpoints of services in use.");
        _meter.CreateObservableUpDownCounter("mesh.routing.endpoints.ejected", () => Count(endpoints(), static e => e.IsEjected), "{endpoint}", "Endpoints ejected now.");
        _meter.CreateObservableUpDownCounter(
            "mesh.routing.breakers.open",
            () => breakers().Where(static b => b.Breaker.IsOpen).Select(static b => new Measurement<long>(1, Tag("mesh.service", b.Service), Tag("mesh.breaker", b.Breaker.Name), Tag("mesh.port", b.Breaker.Port))),
            "{breaker}",
            "Tiers and clusters that count as down now.");
    }

    public PickTotals Picks { get; } = new();

    public void Ejected(EndpointState endpoint)
    {
        if (_ejections.Enabled)
        {
            _ejections.Add(1, Tag("mesh.service", endpoint.Service), Tag("mesh.cluster", endpoint.Cluster));
        }
    }

    public void ProbeTurned(EndpointState endpoint, bool isDown)
    {
        if (_probeChanges.Enabled)
        {
            _probeChanges.Add(1, Tag("mesh.service", endpoint.Service), Tag("mesh.cluster", endpoint.Cluster), Tag("mesh.probe.state", isDown ? "down" : "up"));
        }
    }

    public void BreakerOpened(ServiceName service, Breaker breaker) => BreakerChanged(service, breaker, "open");

    public void BreakerClosed(ServiceName service, Breaker breaker) => BreakerChanged(service, breaker, "closed");

    public void Dispose()
    {
        if (_isOwn)
        {
            _meter.Dispose();
        }
    }

    private void BreakerChanged(ServiceName service, Breaker breaker, string state)
    {
        if (_breakerChanges.Enabled)
        {
            _breakerChanges.Add(1, Tag("mesh.service", service), Tag("mesh.breaker", breaker.Name), Tag("mesh.port", breaker.Port), Tag("mesh.breaker.state", state));
        }
    }

    private IEnumerable<Measurement<long>> ReadPicks(IEnumerable<EndpointState> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            Picks.Collect(endpoint);
        }

        return Picks.Read().Select(static p =>
            new Measurement<long>(p.Value, Tag("mesh.service", p.Key.Service), Tag("mesh.cluster", p.Key.Cluster), Tag("mesh.tier", p.Key.Tier)));
    }

    private static IEnumerable<Measurement<long>> Count(IEnumerable<EndpointState> endpoints, Func<EndpointState, bool> counts) =>
        endpoints.GroupBy(static e => (e.Service, e.Cluster))
            .Select(g => new Measurement<long>(g.Count(counts), Tag("mesh.service", g.Key.Service), Tag("mesh.cluster", g.Key.Cluster)));

    private static KeyValuePair<string, object?> Tag<T>(string name, T value) => new(name, value?.ToString());
}
