using Mesh.Health;

namespace Mesh.Tables;

/// <summary>Where the tables of a service find the state of endpoints and breakers: the live ones, or for a dry run those that are there, and others in place of what is not.</summary>
internal interface ITableStates
{
    /// <summary>The state of an endpoint.</summary>
    EndpointState StateOf(in Candidate candidate, int port, out bool isNew);

    /// <summary>The breaker of a tier or cluster, which has so many endpoints.</summary>
    ConnectBreaker BreakerOf(BreakerKey key, int members);

    /// <summary>The state is in this tier, watched over by these breakers.</summary>
    void Place(EndpointState state, string tier, ConnectBreaker ofCluster, ConnectBreaker? ofTier);

    /// <summary>A newcomer begins with the cost of the others of its tier.</summary>
    void StartCost(EndpointState state, double score, double now);
}
