using Mesh.Health;

namespace Mesh.Tables;

/// <summary>The states that requests use: made when a table first holds them, brought up to date by each. Used under the service's lock.</summary>
internal sealed class LiveStates(EndpointStore store, BreakerSet breakers) : ITableStates
{
    public EndpointState StateOf(in Candidate candidate, int port, out bool isNew)
    {
        var state = store.GetOrAdd(candidate, out isNew);
        if (candidate.Key.ServicePort != 0)
        {
            state.Upstream ??= breakers.Upstream(candidate.Key.Cluster, port);
        }

        return state;
    }

    public ConnectBreaker BreakerOf(BreakerKey key, int members)
    {
        var breaker = breakers.Get(key);
        breaker.MemberCount = members;
        return breaker;
    }

    public void Place(EndpointState state, string tier, ConnectBreaker ofCluster, ConnectBreaker? ofTier)
    {
        store.Place(state, tier);
        state.Attach(store.Round, ofCluster, ofTier);
    }

    public void StartCost(EndpointState state, double score, double now) => state.StartCostAt(score, now);
}
