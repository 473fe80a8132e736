namespace Mesh.Telemetry;

/// <summary>How often each (service, cluster, tier) was picked, gathered from the endpoints' own counts when somebody looks: a pick pays nothing for it.</summary>
internal sealed class PickTotals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ServiceName Service, ClusterId Cluster, string Tier), long> _totals = [];

    public void Collect(EndpointState endpoint)
    {
        lock (_gate)
        {
            // Unsigned, so that the count may wrap between two looks.
            var picks = endpoint.Picks;
            var news = unchecked(picks - endpoint.PicksCounted);
            endpoint.PicksCounted = picks;
            if (news != 0)
            {
                var key = (endpoint.Service, endpoint.Cluster, endpoint.TierName);
                _totals[key] = _totals.GetValueOrDefault(key) + news;
            }
        }
    }

    public KeyValuePair<(ServiceName Service, ClusterId Cluster, string Tier), long>[] Read()
    {
        lock (_gate)
        {
            return [.. _totals];
        }
    }
}
