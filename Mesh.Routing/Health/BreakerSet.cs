using Mesh.Tiers;

namespace Mesh.Health;

/// <summary>The breakers of one service, shared by all its tables. Used under the service's lock.</summary>
internal sealed class BreakerSet(HealthContext context, IMeshCatalog catalog)
{
    private readonly Dictionary<BreakerKey, Breaker> _breakers = [];

    public IEnumerable<Breaker> All => _breakers.Values;

    public Breaker Get(BreakerKey key)
    {
        if (!_breakers.TryGetValue(key, out var breaker))
        {
            var cluster = key.Cluster;
            var name = key.Kind == TierKind.Cluster ? $"Cluster {cluster}" : $"The tier '{key.Kind.ToName(cluster)}'";
            _breakers[key] = breaker = new Breaker(
                context,
                name,
                key.Port,
                key.Kind == TierKind.Cluster ? cluster : default,
                endpoint => !cluster.IsNone && catalog.FindCluster(cluster, endpoint.Source)?.Freshness == ClusterFreshness.Stale);
        }

        return breaker;
    }

    /// <summary>Ends their timers.</summary>
    public void Close()
    {
        foreach (var breaker in _breakers.Values)
        {
            breaker.Dispose();
        }
    }
}
