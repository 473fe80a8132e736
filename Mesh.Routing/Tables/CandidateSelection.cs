using System.Collections.Immutable;
using Mesh.Endpoints;
using Mesh.Hosts;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>
/// Sorts out which endpoints of a snapshot a route may use: those of its view and port, that can be reached, that are ready (or, where none is, still serving
/// on their way out).
/// </summary>
/// <param name="topology">The clusters.</param>
/// <param name="plan">The order of tiers.</param>
/// <param name="leftOut">Told of what is not used; <see langword="null"/> where nobody asks.</param>
internal sealed class CandidateSelection(Topology topology, ITierPlan plan, ICollection<LeftOutExplanation>? leftOut)
{
    private readonly List<Candidate> _candidates = [];
    private readonly Dictionary<(ClusterId, EndpointAddress, int), int> _byAddress = [];
    private readonly Dictionary<ClusterId, ClusterSnapshot?> _unreachable = [];
    private readonly Dictionary<(ClusterId, GatewayAddress), GatewayGroup> _gateways = [];

    private readonly List<Candidate> _missing = [];

    /// <summary>How many of each tier are not ready, and not on their way out; empty where nobody is ready anywhere.</summary>
    public IReadOnlyDictionary<TierPlace, int> Missing { get; private set; } = new Dictionary<TierPlace, int>();

    /// <summary>Clusters with endpoints that would be used if they could be reached.</summary>
    public int Unreachable => _unreachable.Count;

    /// <summary>The clusters of which endpoints would be used, and none can be reached: each with what to do.</summary>
    public IEnumerable<ClusterOutOfReach> OutOfReach =>
        _unreachable.Where(u => !_candidates.Exists(c => c.Key.Cluster == u.Key)).OrderBy(static u => u.Key).Select(u => new ClusterOutOfReach(u.Key, topology.AdviceFor(u.Key, u.Value)));

    /// <summary>What the hints of the own cluster's endpoints say; <see langword="null"/> where they have none.</summary>
    public TopologyHints? Hints { get; private set; }

    /// <summary>The gateways that the service is reached through, and who is behind them.</summary>
    public IReadOnlyCollection<GatewayGroup> Gateways => _gateways.Values;

    /// <summary>Whether the view contains anything of any cluster.</summary>
    public bool IsInView { get; private set; }

    /// <summary>The contributions that <paramref name="view"/> takes in.</summary>
    public static bool Sees(ClusterContribution contribution, ServiceView view, Topology topology) => view switch
    {
        ServiceView.OwnCluster => contribution.Cluster == topology.Own,
        ServiceView.ClusterSet => contribution.Service.IsExported,
        _ => contribution.Service.IsExported || contribution.Cluster == topology.Own,
    };

    /// <summary>
    /// The ports of a service in a view: those that somebody in the view exposes, as they were merged. What the own cluster calls its own is never taken from its callers, so its ports
    /// come after the merged ones where those leave them out.
    /// </summary>
    public static ImmutableArray<ServicePort> PortsOf(ServiceSnapshot snapshot, ServiceView view, Topology topology)
    {
        var seen = snapshot.Contributions.Where(c => Sees(c, view, topology) && c.Service.Invalid is null).ToList();
        IEnumerable<ServicePort> merged = view == ServiceView.OwnCluster ? [] : snapshot.Ports.Where(p => seen.Exists(c => c.Service.Ports.Any(own => IsSame(own, p))));
        IEnumerable<ServicePort> own = view == ServiceView.ClusterSet ? [] : seen.Where(c => c.Cluster == topology.Own).SelectMany(static c => c.Service.Ports);
        return [.. merged.Concat(own).DistinctBy(static p => (p.Port, p.Protocol))];
    }

    public IReadOnlyList<Candidate> Select(ServiceSnapshot snapshot, ServiceView view, ServicePort port)
    {
        foreach (var contribution in snapshot.Contributions)
        {
            if (!Sees(contribution, view, topology))
            {
                LeaveOut(contribution.Cluster, "all of it", view == ServiceView.OwnCluster ? "the host means the own cluster's service alone" : NotExported(contribution.Service));
            }
            else if (contribution.Service.Invalid is { } invalid)
            {
                LeaveOut(contribution.Cluster, "all of it", invalid);
            }
            else
            {
                IsInView = true;
                Take(contribution, port);
            }
        }

        DropStaleClaims(snapshot);
        AddGateways(port);
        KeepUsable();
        FollowHints();
        CountMissing();
        return _candidates;
    }

    private static bool IsSame(ServicePort left, ServicePort right) => left.Port == right.Port && left.Protocol == right.Protocol;

    private static string NotExported(ServiceContribution service) =>
        service.ExportObstacle is { } obstacle ? $"the cluster does not export the service: {obstacle}" : "the cluster does not export the service";

    private void Take(ClusterContribution contribution, ServicePort port)
    {
        // A port is the same one by number and protocol; each cluster's endpoints know it by that cluster's own name for it.
        var own = contribution.Service.Ports.FirstOrDefault(p => IsSame(p, port));
        if (own is null)
        {
            LeaveOut(contribution.Cluster, "all of it", $"the cluster does not expose port {port.Port}");
            return;
        }

        var described = topology.DescribedBy(contribution);
        foreach (var segment in contribution.Service.Segments)
        {
            if (segment.Ports.FirstOrDefault(p => p.Name == own.Name && p.Protocol == own.Protocol) is { } dialled)
            {
                Take(segment, dialled, own.AppProtocol, contribution.Source, described);
            }
            else if (segment.Count > 0)
            {
                LeaveOut(segment.Cluster, $"slice {segment.Slice}", $"its endpoints have no port named '{own.Name}'");
            }
        }
    }

    private void Take(EndpointSegment segment, EndpointPort port, string? appProtocol, string source, ClusterSnapshot? described)
    {
        var reach = topology.ReachOf(segment.Cluster, described);
        var group = reach == Reach.Gateway && topology.Dials(reach) ? GroupOf(segment.Cluster, described!, source, port.AppProtocol ?? appProtocol) : null;
        for (var i = 0; i < segment.Count; i++)
        {
            var endpoint = segment[i];
            var locality = topology.Complete(endpoint.Locality, described);
            if (endpoint.Weight == 0)
            {
                LeaveOut(endpoint, port, "its weight is 0");
            }
            else if (plan.Place(locality) is not { } place)
            {
                LeaveOut(endpoint, port, "its cluster is not among the policy's targets");
            }
            else if (group is not null)
            {
                group.Add(new GatewayBackend(endpoint.Address, port.Port, locality, endpoint.Weight, endpoint.Conditions));
            }
            else if (reach != Reach.Direct)
            {
                if ((endpoint.Conditions & (EndpointConditions.Ready | EndpointConditions.Serving)) != 0)
                {
                    _unreachable.TryAdd(segment.Cluster, described);
                }

                LeaveOut(endpoint, port, leftOut is null ? "" : topology.AdviceFor(segment.Cluster, described));
            }
            else
            {
                var key = new EndpointKey(segment.Cluster, endpoint.Address, port.Port, endpoint.TargetUid ?? Guid.Empty);
                Add(new Candidate(key, new EndpointDetails(locality, port.AppProtocol ?? appProtocol, endpoint.Weight, reach, source, topology.DrainOf(segment.Cluster)), place, endpoint.Conditions, described)
                {
                    ZoneHints = endpoint.ZoneHints,
                    NodeHints = endpoint.NodeHints,
                });
            }
        }
    }

    private GatewayGroup GroupOf(ClusterId cluster, ClusterSnapshot described, string source, string? appProtocol)
    {
        var gateway = described.Gateway!;
        if (!_gateways.TryGetValue((cluster, gateway), out var group))
        {
            _gateways[(cluster, gateway)] = group = new GatewayGroup(cluster, gateway, described, source, appProtocol);
        }

        return group;
    }

    private void AddGateways(ServicePort port)
    {
        foreach (var group in _gateways.Values)
        {
            // Two sources that describe one cluster may name the same address among different ones.
            _candidates.AddRange(group.Candidates(port.Port, plan, topology.DrainOf(group.Cluster)).Where(c => !_candidates.Exists(known => known.Key == c.Key)).ToArray());
            if (leftOut is not null)
            {
                var counted = group.Counted.ToHashSet();
                foreach (var backend in group.Backends.Where(b => !counted.Contains(b)))
                {
                    LeaveOut(group.Cluster, $"{backend.Address}:{backend.Port}", backend.IsDraining ? "it is terminating, and others are ready" : "it is not ready");
                }
            }
        }
    }

    // Endpoints are told apart by cluster, address and port. One that stands in two slices (it is moving between them) counts once: the readier one, then the later.
    private void Add(in Candidate candidate)
    {
        var address = (candidate.Key.Cluster, candidate.Key.Address, candidate.Key.Port);
        if (!_byAddress.TryGetValue(address, out var index))
        {
            _byAddress.Add(address, _candidates.Count);
            _candidates.Add(candidate);
        }
        else if (Rank(candidate) >= Rank(_candidates[index]))
        {
            _candidates[index] = candidate;
        }

        static int Rank(in Candidate c) => c.IsReady ? 2 : c.IsDraining ? 1 : 0;
    }

    // Inside a network a live claim on an address beats a stale one: addresses are used again, and whoever is stale cannot say so.
    private void DropStaleClaims(ServiceSnapshot snapshot)
    {
        if (!_candidates.Exists(static c => c.Described is { Network: not null, Freshness: ClusterFreshness.Stale }))
        {
            return;
        }

        var live = _candidates.Where(static c => c.Described is { Network: not null, Freshness: ClusterFreshness.Live }).Select(Claim).ToHashSet();
        _candidates.RemoveAll(c =>
        {
            if (c.Described is not { Network: not null, Freshness: ClusterFreshness.Stale })
            {
                return false;
            }

            var taker = topology.TakenBy(c);
            if (taker is null && !live.Contains(Claim(c)))
            {
                return false;
            }

            var service = taker is { } other && other != snapshot.Name ? $" for service {other}" : "";
            LeaveOut(c, $"its cluster is stale, and a live cluster of the same network now shows this address{service}");
            return true;
        });

        static (string?, EndpointAddress, int) Claim(Candidate c) => (c.Described!.Network, c.Key.Address, c.Key.Port);
    }

    private void KeepUsable()
    {
        var anyReady = _candidates.Exists(static c => c.IsReady);
        _candidates.RemoveAll(c =>
        {
            var isUsed = anyReady ? c.IsReady : c.IsDraining;
            if (!isUsed)
            {
                if (anyReady && c.IsMissing)
                {
                    _missing.Add(c);
                }

                LeaveOut(c, c.IsDraining ? "it is terminating, and others are ready" : "it is not ready");
            }

            return !isUsed;
        });
    }

    // Hints were made for the own cluster's callers, over its ready endpoints: others' mean nothing here, and where nothing is ready there is nothing to be choosy about.
    private void FollowHints()
    {
        Hints = TopologyHints.Read(_candidates.Where(c => c.IsReady && topology.Caller.IsOwnCluster(c.Details.Locality)), topology.Caller);
        for (var i = 0; Hints is { AreFollowed: true } hints && i < _candidates.Count; i++)
        {
            var candidate = _candidates[i];
            if (topology.Caller.IsOwnCluster(candidate.Details.Locality))
            {
                _candidates[i] = candidate with { Place = plan.InOwn(hints.KindOf(candidate)) };
            }
        }
    }

    private void CountMissing()
    {
        var counts = new Dictionary<TierPlace, int>();
        foreach (var candidate in _missing)
        {
            // Hints name ready ones alone: one that is not ready belongs to those that come after.
            Count(Hints is { AreFollowed: true } && candidate.Place.IsOwn ? plan.InOwn(TierKind.SameCluster) : candidate.Place, 1);
        }

        // A gateway that somebody ready is behind says itself how many are not.
        foreach (var group in _gateways.Values.Where(static g => g.Counted.Count == 0))
        {
            if (_candidates.Exists(static c => c.IsReady) && plan.Place(new Locality(group.Cluster)) is { } place)
            {
                Count(place, group.Missing);
            }
        }

        Missing = counts;

        void Count(TierPlace place, int missing) => counts[place] = counts.GetValueOrDefault(place) + missing;
    }

    private void LeaveOut(in MeshEndpoint endpoint, EndpointPort port, string reason)
    {
        if (leftOut is not null)
        {
            LeaveOut(endpoint.Cluster, $"{endpoint.Address}:{port.Port}", reason);
        }
    }

    private void LeaveOut(in Candidate candidate, string reason)
    {
        if (leftOut is not null)
        {
            LeaveOut(candidate.Key.Cluster, $"{candidate.Key.Address}:{candidate.Key.Port}", reason);
        }
    }

    private void LeaveOut(ClusterId cluster, string subject, string reason) => leftOut?.Add(new LeftOutExplanation(cluster, subject, reason));
}
