using System.Diagnostics.Metrics;
using Mesh.Health;
using Mesh.Spill;

namespace Mesh.Telemetry;

/// <summary>The meter <c>Mesh.Routing</c>. Observed instruments are computed when a listener asks, never on a pick.</summary>
internal sealed class RoutingMeter : IDisposable
{
    public const string Name = "Mesh";

    private readonly Meter _meter;
    private readonly bool _isOwn;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _probeChanges;
    private readonly Counter<long> _breakerChanges;

    public RoutingMeter(
        Func<IEnumerable<EndpointState>> endpoints,
        Func<IEnumerable<(ServiceName Service, Breaker Breaker)>> breakers,
        Func<IEnumerable<(ServiceName Service, SpillReporter Spill)>> spills,
        Func<IEnumerable<(ClusterId Cluster, int Percent)>> drains,
        Func<IEnumerable<RoutingCondition>> conditions,
        IMeterFactory? factory = null)
    {
        // A factory's meter is the factory's to dispose.
        _isOwn = factory is null;
        _meter = factory?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        _ejections = _meter.CreateCounter<long>("mesh.routing.ejections", "{ejection}", "Endpoints ejected for failing.");
        _probeChanges = _meter.CreateCounter<long>("mesh.routing.probe.changes", "{change}", "Endpoints whose probes began to fail or succeeded again.");
        _breakerChanges = _meter.CreateCounter<long>("mesh.routing.breaker.changes", "{change}", "Tiers or clusters that went down or came back.");
        _faults = _meter.CreateCounter<long>("mesh.routing.faults", "{fault}", "What is done for services beside their requests and threw, mostly a logger or a listener.");
        _meter.CreateObservableCounter("mesh.routing.picks", () => ReadPicks(endpoints()), "{pick}", "Endpoints picked, per service, cluster and tier.");
        _meter.CreateObservableUpDownCounter("mesh.routing.endpoint.count", () => Count(endpoints()), "{endpoint}", "Endpoints of services in use, by whether they are ejected.");
        _meter.CreateObservableUpDownCounter("mesh.routing.active_requests", () => CountRequests(endpoints()), "{request}", "Requests under way, per service and cluster: a cluster that is drained is empty when there is none.");
        _meter.CreateObservableGauge(
            "mesh.routing.cluster.drain",
            () => drains().Select(static d => new Measurement<double>(d.Percent / 100d, Tag("mesh.cluster", d.Cluster))),
            "1",
            "The part of each cluster's share that goes elsewhere, from 0 to 1.");
        _meter.CreateObservableUpDownCounter(
            "mesh.routing.breaker.open",
            () => breakers().Select(static b => new Measurement<long>(1, Tag("mesh.service", b.Service), Tag("mesh.breaker", b.Breaker.Name), Tag("mesh.port", b.Breaker.Port))),
            "{breaker}",
            "Tiers and clusters that count as down now.");
        _meter.CreateObservableGauge(
            "mesh.routing.spill.share",
            () => spills().SelectMany(static s => s.Spill.Elsewhere.Select(e =>
                new Measurement<double>(e.Share, Tag("mesh.service", s.Service), Tag("mesh.port", s.Spill.Port), Tag("mesh.tier", e.Tier)))),
            "1",
            "The part of the requests that goes elsewhere than to the nearest endpoints, by capacity.");
        _meter.CreateObservableGauge(
            "mesh.routing.shed.share",
            () => spills().Where(static s => s.Spill.Shed > 0).Select(static s => new Measurement<double>(s.Spill.Shed, Tag("mesh.service", s.Service), Tag("mesh.port", s.Spill.Port))),
            "1",
            "The part of the requests that is answered 503 at once, as no cluster has room for it.");
        _meter.CreateObservableUpDownCounter("mesh.routing.degraded", () => conditions().Select(Measure), "{condition}", "What of the routes of services in use is not as it should be now, by reason.");
    }

    public Meter Meter => _meter;

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

    public void Faulted(ServiceName service) => _faults.Add(1, Tag("mesh.service", service));

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

    // Both states are always there, so that the last ejection is seen to end.
    private static IEnumerable<Measurement<long>> Count(IEnumerable<EndpointState> endpoints)
    {
        foreach (var part in endpoints.GroupBy(static e => (e.Service, e.Cluster)))
        {
            var ejected = part.Count(static e => e.IsEjected);
            yield return Of(part.Count() - ejected, "in_use");
            yield return Of(ejected, "ejected");

            Measurement<long> Of(int count, string state) =>
                new(count, Tag("mesh.service", part.Key.Service), Tag("mesh.cluster", part.Key.Cluster), Tag("mesh.endpoint.state", state));
        }
    }

    private static IEnumerable<Measurement<long>> CountRequests(IEnumerable<EndpointState> endpoints) =>
        endpoints.GroupBy(static e => (e.Service, e.Cluster)).Select(static part =>
            new Measurement<long>(part.Sum(static e => (long)e.InFlight), Tag("mesh.service", part.Key.Service), Tag("mesh.cluster", part.Key.Cluster)));

    private static Measurement<int> Measure(RoutingCondition condition)
    {
        List<KeyValuePair<string, object?>> tags = [Tag("mesh.reason", condition.Reason)];
        if (condition.Service is { } service)
        {
            tags.Add(Tag("mesh.service", service));
        }

        if (!condition.Cluster.IsNone)
        {
            tags.Add(Tag("mesh.cluster", condition.Cluster));
        }

        return new Measurement<int>(condition.Holds ? 1 : 0, tags);
    }

    private static KeyValuePair<string, object?> Tag<T>(string name, T value) => new(name, value?.ToString());
}
