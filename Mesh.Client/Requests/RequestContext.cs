using Mesh.Telemetry;
using Mesh.Transport;

namespace Mesh.Requests;

/// <summary>What every client of a process has in common.</summary>
internal sealed record RequestContext(IMeshCatalog Catalog, MeshRouter Router, TransportContext Transport, ClientMetrics Metrics, RetryPause Pause)
{
    public TimeProvider TimeProvider => Transport.TimeProvider;
}
