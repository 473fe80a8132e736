using Mesh.Endpoints;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>
/// The gateway of one cluster and what of a service stands behind it. Each of its addresses is a candidate, and together they weigh what is behind: a gateway in front of 40 pods counts
/// as 40 beside pods that are dialled themselves.
/// </summary>
internal sealed class GatewayGroup(ClusterId cluster, GatewayAddress gateway, ClusterSnapshot described, string source, string? appProtocol)
{
    private const int MaxWeight = 1_000_000;

    private readonly Dictionary<(EndpointAddress, int), GatewayBackend> _backends = [];

    public ClusterId Cluster => cluster;

    /// <summary>Everybody behind it, in whatever condition.</summary>
    public IReadOnlyCollection<GatewayBackend> Backends => _backends.Values;

    /// <summary>Whether this is one of its addresses.</summary>
    public bool Has(EndpointAddress host, int port) => gateway.Port == port && gateway.Hosts.Contains(host);

    /// <summary>The readier one of a backend that stands in two slices.</summary>
    public void Add(in GatewayBackend backend)
    {
        if (!_backends.TryGetValue((backend.Address, backend.Port), out var known) || (!known.IsReady && (backend.IsReady || !known.IsDraining)))
        {
            _backends[(backend.Address, backend.Port)] = backend;
        }
    }

    /// <summary>Those that count: the ready ones, or where none is, those that still serve on their way out.</summary>
    public IReadOnlyList<GatewayBackend> Counted
    {
        get
        {
            GatewayBackend[] ready = [.. _backends.Values.Where(static b => b.IsReady)];
            return ready.Length != 0 ? ready : [.. _backends.Values.Where(static b => b.IsDraining)];
        }
    }

    /// <summary>How many behind it are not ready, and not on their way out.</summary>
    public int Missing => _backends.Values.Count(static b => b.IsMissing);

    /// <summary>The gateway's addresses as candidates; none where nobody behind it counts.</summary>
    /// <param name="servicePort">The number of the service's port.</param>
    /// <param name="plan">The order of tiers.</param>
    /// <param name="drain">The part of the cluster's share that goes elsewhere, in percent.</param>
    public IEnumerable<Candidate> Candidates(int servicePort, ITierPlan plan, int drain)
    {
        var counted = Counted;
        if (counted.Count == 0)
        {
            yield break;
        }

        // The gateway chooses among them, so that it is where all of them are, and nowhere in particular where they differ.
        var locality = new Locality(cluster, Same(counted, static b => b.Locality.Region), Same(counted, static b => b.Locality.Zone));
        if (plan.Place(locality) is not { } place)
        {
            yield break;
        }

        var existing = counted[0].IsReady ? counted.Count + Missing : counted.Count;

        EndpointAddress[] hosts = [.. gateway.Hosts.Distinct()];
        var total = counted.Sum(static b => (long)b.Weight);
        for (var i = 0; i < hosts.Length; i++)
        {
            // Whole numbers that add up to the total; an address that would get none of fewer pods than addresses counts as one all the same, so that it is used.
            var share = total / hosts.Length + (i < total % hosts.Length ? 1 : 0);
            yield return new Candidate(
                new EndpointKey(cluster, hosts[i], gateway.Port, Guid.Empty, servicePort),
                new EndpointDetails(locality, appProtocol, (int)Math.Clamp(share, 1, MaxWeight), Reach.Gateway, source, drain)
                {
                    Ready = (double)counted.Count / hosts.Length,
                    Existing = (double)existing / hosts.Length,
                },
                place,
                counted[0].IsReady ? EndpointConditions.Ready | EndpointConditions.Serving : EndpointConditions.Serving | EndpointConditions.Terminating,
                described);
        }
    }

    private static string? Same(IReadOnlyList<GatewayBackend> backends, Func<GatewayBackend, string?> part)
    {
        var first = part(backends[0]);
        return backends.All(b => part(b) == first) ? first : null;
    }
}
