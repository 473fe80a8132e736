using Mesh.Health;
using Mesh.Retries;

namespace Mesh.Tables;

/// <summary>The states for a table that no request will use: those that are there, as they are, and in place of what is not one that nobody keeps. Used under the service's lock.</summary>
internal sealed class DryStates(HealthContext context, EndpointStore store, BreakerSet breakers) : ITableStates
{
    private readonly RequestLoad _load = new();
    private readonly Dictionary<BreakerKey, ConnectBreaker> _made = [];

    public EndpointState StateOf(in Candidate candidate, int port, out bool isNew)
    {
        isNew = false;
        return store.Find(candidate.Key) ?? new EndpointState(candidate.Key, candidate.Details, context, _load);
    }

    public ConnectBreaker BreakerOf(BreakerKey key, int members)
    {
        if (breakers.Find(key) is { } live)
        {
            return live;
        }

        if (!_made.TryGetValue(key, out var made))
        {
            _made[key] = made = new ConnectBreaker(context, "", key.Port, default, static _ => false);
        }

        return made;
    }

    public void Place(EndpointState state, string tier, ConnectBreaker ofCluster, ConnectBreaker? ofTier)
    {
    }

    public void StartCost(EndpointState state, double score, double now)
    {
    }
}
