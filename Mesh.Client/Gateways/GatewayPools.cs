using Mesh.Probing;
using Mesh.Transport;

namespace Mesh.Gateways;

/// <summary>The pools to gateways of one process: one per address, for all services, as long as one of them is reached through it.</summary>
/// <param name="identity">The own identity.</param>
/// <param name="caller">Where the process runs, as far as is known now.</param>
/// <param name="context">What every transport has in common.</param>
internal sealed class GatewayPools(IdentityFiles identity, Func<Locality> caller, TransportContext context)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GatewayKey, GatewayPool> _pools = [];
    private volatile Tuple<Locality, string>? _from;

    /// <summary>Where requests come from, as it is written on the wire.</summary>
    public string From
    {
        get
        {
            var now = caller();
            var known = _from;
            if (known is null || known.Item1 != now)
            {
                _from = known = Tuple.Create(now, GatewayRequest.WriteFrom(now));
            }

            return known.Item2;
        }
    }

    /// <summary>The pool to an endpoint's gateway, held until <see cref="Release"/>.</summary>
    public GatewayPool Hold(EndpointState gateway, TransportSettings settings)
    {
        var key = new GatewayKey(gateway.Cluster, gateway.Address, gateway.Port, settings.ForGateways());
        lock (_lock)
        {
            if (!_pools.TryGetValue(key, out var pool))
            {
                _pools[key] = pool = new GatewayPool(key, identity, context);
            }

            pool.Add(gateway);
            return pool;
        }
    }

    /// <summary>What probes an endpoint's gateway, over a connection of its own.</summary>
    /// <param name="gateway">The endpoint.</param>
    /// <param name="settings">The connection settings; their time for a connection is the probe's.</param>
    public GatewayProbe CreateProbe(EndpointState gateway, TransportSettings settings) =>
        new(gateway, new GatewayKey(gateway.Cluster, gateway.Address, gateway.Port, settings.ForGateways()), settings.ConnectTimeout, identity, context);

    /// <summary>The endpoint needs it no more; the last one disposes the pool, while bodies under way finish.</summary>
    public void Release(GatewayPool pool, EndpointState gateway)
    {
        lock (_lock)
        {
            pool.Remove(gateway);
            if (pool.IsInUse)
            {
                return;
            }

            _pools.Remove(pool.Key);
        }

        pool.Dispose();
    }
}
