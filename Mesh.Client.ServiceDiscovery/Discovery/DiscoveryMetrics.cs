using System.Diagnostics.Metrics;

namespace Mesh.Discovery;

/// <summary>The provider's instrument.</summary>
internal sealed class DiscoveryMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _shortfalls = meters.Create(MeshTelemetry.Name)
        .CreateCounter<long>("mesh.discovery.shortfalls", "{resolution}", "Resolutions of services that left out gateways, found no endpoint, or could not be looked after.");

    public void AddLeftOut(ServiceName service) => Add(service.ToString(), "gateway");

    public void AddNone(ServiceName service) => Add(service.ToString(), "no_endpoint");

    public void AddFailed(string name) => Add(name, "failed");

    private void Add(string service, string reason) => _shortfalls.Add(1, new("mesh.service", service), new("mesh.reason", reason));
}
