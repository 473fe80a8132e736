using Mesh.Gateways;
using Mesh.Telemetry;
using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>What every client of a process has in common. <c>Gateways</c> is <see langword="null"/> where the process has no identity: then none is picked.</summary>
internal sealed record RequestContext(IMeshCatalog Catalog, MeshRouter Router, TransportContext Transport, GatewayPools? Gateways, ClientMetrics Metrics, RetryPause Pause)
{
    public TimeProvider TimeProvider => Transport.TimeProvider;
}
