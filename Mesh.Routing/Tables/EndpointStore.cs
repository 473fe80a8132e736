using Mesh.Endpoints;
using Mesh.Health;
using Mesh.Retries;
using Mesh.Telemetry;

namespace Mesh.Tables;

/// <summary>The endpoint states of one service, made when a table first holds them. Used under the service's lock.</summary>
internal sealed class EndpointStore(HealthContext context, RequestLoad load, PickTotals totals)
{
    private readonly Dictionary<EndpointKey, EndpointState> _states = [];

    // What readers outside the lock see.
    private volatile EndpointState[] _published = [];

    public IReadOnlyCollection<EndpointState> All => _published;

    /// <summary>Counts the states of the service and the clusters that tables were made of. Tables of one round lay out the same; those of the next may have moved an endpoint to other tiers.</summary>
    public long Round { get; private set; }

    /// <summary>The service or the clusters have changed.</summary>
    public void BeginRound() => Round++;

    /// <summary>The state of an endpoint, brought up to date.</summary>
    public EndpointState GetOrAdd(in Candidate candidate, out bool isNew)
    {
        isNew = !_states.TryGetValue(candidate.Key, out var state);
        if (state is null)
        {
            _states[candidate.Key] = state = new EndpointState(candidate.Key, candidate.Details, context, load);
            return state;
        }

        state.Update(candidate.Details);
        return state;
    }

    /// <summary>The state of an endpoint, as it is; <see langword="null"/> where no table has held it.</summary>
    public EndpointState? Find(in EndpointKey key) => _states.GetValueOrDefault(key);

    /// <summary>Notes the tier for the metrics.</summary>
    public void Place(EndpointState state, string tier)
    {
        if (state.TierName != tier)
        {
            totals.Collect(state);
            state.TierName = tier;
        }
    }

    /// <summary>
    /// Takes those out that <paramref name="snapshot"/> no longer has, whatever their port or condition, and the gateways that its clusters no longer name; the caller retires them outside
    /// the lock.
    /// </summary>
    public List<EndpointState> TakeGone(ServiceSnapshot? snapshot, Topology? topology)
    {
        if (_states.Count == 0)
        {
            return [];
        }

        var gone = new Dictionary<EndpointKey, EndpointState>(_states);
        if (snapshot is not null)
        {
            foreach (var endpoint in snapshot.Endpoints)
            {
                foreach (var port in endpoint.Ports)
                {
                    gone.Remove(new EndpointKey(endpoint.Cluster, endpoint.Address, port.Port, endpoint.TargetUid ?? Guid.Empty));
                }
            }

            KeepGateways(gone, snapshot, topology);
        }

        foreach (var (key, state) in gone)
        {
            totals.Collect(state);
            _states.Remove(key);
        }

        return [.. gone.Values];
    }

    private static void KeepGateways(Dictionary<EndpointKey, EndpointState> gone, ServiceSnapshot snapshot, Topology? topology)
    {
        if (topology is null || !gone.Keys.Any(static k => k.ServicePort != 0))
        {
            return;
        }

        foreach (var contribution in snapshot.Contributions)
        {
            var described = topology.DescribedBy(contribution);
            if (topology.ReachOf(contribution.Cluster, described) != Reach.Gateway || described?.Gateway is not { } gateway)
            {
                continue;
            }

            foreach (var host in gateway.Hosts)
            {
                foreach (var port in contribution.Service.Ports)
                {
                    gone.Remove(new EndpointKey(contribution.Cluster, host, gateway.Port, Guid.Empty, port.Port));
                }
            }
        }
    }

    public void Publish()
    {
        if (_published.Length != _states.Count || !_states.Values.All(new HashSet<EndpointState>(_published).Contains))
        {
            _published = [.. _states.Values];
        }
    }
}
