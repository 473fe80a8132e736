using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Metrics;

namespace Mesh.Telemetry;

/// <summary>The client's instruments.</summary>
internal sealed class ClientMetrics
{
    private const string ServiceTag = "mesh.service";
    private const string ClusterTag = "mesh.cluster";
    private const string ReasonTag = "mesh.reason";

    private readonly Histogram<double> _requestDuration;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _repicks;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _waits;

    public ClientMetrics(IMeterFactory meters)
    {
        // The handler's own instrument: the factory gives the same meter to both, and a meter the same instrument, so this one is enabled when that one is.
        _requestDuration = meters.Create("System.Net.Http").CreateHistogram<double>("http.client.request.duration", "s", "Duration of HTTP client requests.");

        var meter = meters.Create(MeshTelemetry.Name);
        _retries = meter.CreateCounter<long>("mesh.client.retries", "{retry}", "Requests to services that were sent again after a failure.");
        _repicks = meter.CreateCounter<long>("mesh.client.repicks", "{repick}", "Tries that got no connection, so that another endpoint was picked.");
        _hedges = meter.CreateCounter<long>("mesh.client.hedges", "{hedge}", "Requests to services that were to be sent to a second endpoint because the first was late.");
        _failures = meter.CreateCounter<long>("mesh.client.failures", "{request}", "Requests to services that failed without an answer.");
        _waits = meter.CreateHistogram<double>("mesh.client.wait.duration", "s", "How long requests waited for a service that was not known yet.");
    }

    public bool IsRequestDurationEnabled => _requestDuration.Enabled;

    public void AddRetry(ServiceName service, ClusterId failedIn) => _retries.Add(1, new(ServiceTag, service.ToString()), new(ClusterTag, failedIn.Name));

    public void AddRepick(ServiceName service, ClusterId failedIn) => _repicks.Add(1, new(ServiceTag, service.ToString()), new(ClusterTag, failedIn.Name));

    public void AddHedge(ServiceName service, ClusterId lateIn, bool won) => AddHedge(service, lateIn, won ? "won" : "lost");

    public void AddHedgeNotPicked(ServiceName service, ClusterId lateIn) => AddHedge(service, lateIn, "not_picked");

    public void AddFailure(ServiceName service, string reason) => _failures.Add(1, new(ServiceTag, service.ToString()), new(ReasonTag, reason));

    public void AddWait(ServiceName service, TimeSpan waited) => _waits.Record(waited.TotalSeconds, new KeyValuePair<string, object?>(ServiceTag, service.ToString()));

    /// <summary>Adds where a try goes to the framework's request duration. Only while that is listened to: it allocates.</summary>
    public static void Enrich(HttpRequestMessage request, EndpointState endpoint) =>
        HttpMetricsEnrichmentContext.AddCallback(request, context =>
        {
            context.AddCustomTag(ClusterTag, endpoint.Cluster.Name);
            context.AddCustomTag("mesh.tier", endpoint.TierName);
            context.AddCustomTag("mesh.reach", endpoint.Reach switch { Reach.Gateway => "gateway", _ => "direct" });
        });

    private void AddHedge(ServiceName service, ClusterId lateIn, string outcome) =>
        _hedges.Add(1, new(ServiceTag, service.ToString()), new(ClusterTag, lateIn.Name), new("mesh.hedge.outcome", outcome));
}
