using Mesh.Tiers;

namespace Mesh.Health;

/// <summary>The breakers of one service, shared by all its tables. Used under the service's lock.</summary>
internal sealed class BreakerSet(HealthContext context, IMeshCatalog catalog)
{
    private readonly Dictionary<BreakerKey, ConnectBreaker> _breakers = [];
    private readonly Dictionary<(ClusterId Cluster, int Port), UpstreamBreaker> _upstream = [];

    public IEnumerable<Breaker> All => _breakers.Values.Concat<Breaker>(_upstream.Values);

    /// <summary>The breaker where there is one.</summary>
    public ConnectBreaker? Find(BreakerKey key) => _breakers.GetValueOrDefault(key);

    public ConnectBreaker Get(BreakerKey key)
    {
        if (!_breakers.TryGetValue(key, out var breaker))
        {
            var cluster = key.Cluster;
            var name = key.Kind == TierKind.Cluster ? $"Cluster {cluster}" : $"The tier '{key.Kind.ToName(cluster)}'";
            _breakers[key] = breaker = new ConnectBreaker(
                context,
                name,
                key.Port,
                key.Kind == TierKind.Cluster ? cluster : default,
                endpoint => !cluster.IsNone && catalog.FindCluster(cluster, endpoint.Source)?.Freshness == ClusterFreshness.Stale);
        }

        return breaker;
    }

    /// <summary>The breaker of what is behind the gateways of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="port">The number of the service's port.</param>
    public UpstreamBreaker Upstream(ClusterId cluster, int port)
    {
        if (!_upstream.TryGetValue((cluster, port), out var breaker))
        {
            _upstream[(cluster, port)] = breaker = new UpstreamBreaker(context, port, cluster);
        }

        return breaker;
    }

    /// <summary>Ends their timers.</summary>
    public void Close()
    {
        foreach (var breaker in All)
        {
            breaker.Dispose();
        }
    }
}
