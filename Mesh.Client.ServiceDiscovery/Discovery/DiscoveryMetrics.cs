using System.Diagnostics.Metrics;

namespace Mesh.Discovery;

/// <summary>The provider's instrument.</summary>
internal sealed class DiscoveryMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _shortfalls = meters.Create(MeshTelemetry.Name)
        .CreateCounter<long>("mesh.discovery.shortfalls", "{resolution}", "Resolutions of services that left out gateways, or found no endpoint.");

    public void AddLeftOut(ServiceName service) => Add(service, "gateway");

    public void AddNone(ServiceName service) => Add(service, "no_endpoint");

    private void Add(ServiceName service, string reason) => _shortfalls.Add(1, new("mesh.service", service.ToString()), new("mesh.reason", reason));
}
