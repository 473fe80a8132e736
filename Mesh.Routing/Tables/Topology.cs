using System.Collections.Immutable;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>The clusters as they are at one topology revision, seen from the caller.</summary>
internal sealed class Topology
{
    private readonly ImmutableDictionary<ClusterId, ClusterSnapshot> _clusters;
    private readonly IMeshCatalog _catalog;
    private readonly string? _network;
    private readonly bool _dialsGateways;
    private readonly ImmutableDictionary<ClusterId, int> _drains;

    public Topology(IMeshCatalog catalog, MeshRouterOptions options)
    {
        _catalog = catalog;
        _dialsGateways = options.DialsGateways;

        // Read first: should the clusters change meanwhile, the next look finds this one outdated.
        Revision = catalog.TopologyRevision;
        _clusters = catalog.Clusters.Select(static c => c.Cluster).Distinct()
            .Select(catalog.FindCluster).OfType<ClusterSnapshot>()
            .ToImmutableDictionary(static c => c.Cluster);
        var said = options.Caller ?? default;
        var own = !said.Cluster.IsNone ? said.Cluster : _clusters.Values.FirstOrDefault(static c => c.IsOwn)?.Cluster ?? default;
        var ownCluster = own.IsNone ? null : Find(own);
        var node = catalog.Clusters.FirstOrDefault(c => c.Cluster == own && c.OwnNode is { Node: { } seen } && seen == said.Node)?.OwnNode;
        Caller = new CallerPlace(new Locality(own, said.Region ?? node?.Region ?? ownCluster?.Region, said.Zone ?? node?.Zone ?? ownCluster?.Zone, said.Node));

        // A source that says little of the own cluster, such as a file that drains it, does not hide what another says.
        _network = ownCluster?.Network ?? catalog.Clusters.FirstOrDefault(c => c.Cluster == own && c.Network is not null)?.Network ?? options.CallerNetwork;
        _drains = catalog.Clusters.Where(static c => c.Drain > 0).GroupBy(static c => c.Cluster).ToImmutableDictionary(static g => g.Key, static g => g.Max(static c => c.Drain));
    }

    public long Revision { get; }

    public CallerPlace Caller { get; }

    public ClusterId Own => Caller.Locality.Cluster;

    /// <summary>Whether the own cluster is known and one of the mesh.</summary>
    public bool HasOwn => !Own.IsNone && _clusters.ContainsKey(Own);

    /// <summary>The network the caller is in, or <see langword="null"/>.</summary>
    public string? Network => _network;

    /// <summary>The part of a cluster's share that goes elsewhere, in percent: the largest that any source says.</summary>
    public int DrainOf(ClusterId cluster) => _drains.GetValueOrDefault(cluster);

    /// <summary>The names of the clusters, for messages.</summary>
    public string Names => _clusters.IsEmpty ? "none" : string.Join(", ", _clusters.Keys.Order());

    public ClusterSnapshot? Find(ClusterId cluster) => _clusters.GetValueOrDefault(cluster);

    /// <summary>
    /// The cluster in the words of the source that contributes: several may bring endpoints of one cluster, and what their addresses are good for, and how fresh they are, is each
    /// one's own word. As of this moment: freshness alone makes no new topology, and any other change makes this one outdated.
    /// </summary>
    public ClusterSnapshot? DescribedBy(ClusterContribution contribution) => _catalog.FindCluster(contribution.Cluster, contribution.Source);

    /// <summary>The service for which a live cluster of the same network now shows an address of a stale one; <see langword="null"/> where none does.</summary>
    public ServiceName? TakenBy(in Candidate stale) => _catalog.TakenBy(stale.Key.Cluster, stale.Described!.Network!, stale.Key.Address, stale.Key.Port);

    /// <summary>The place of an endpoint, with what its cluster says filled in: by its own source, else by the best-informed one.</summary>
    /// <param name="locality">What the endpoint itself says.</param>
    /// <param name="described">The cluster in the words of the endpoint's source.</param>
    public Locality Complete(in Locality locality, ClusterSnapshot? described)
    {
        var best = Find(locality.Cluster);
        return locality with
        {
            Region = locality.Region ?? described?.Region ?? best?.Region,
            Zone = locality.Zone ?? described?.Zone ?? best?.Zone,
        };
    }

    /// <summary>How endpoints of <paramref name="cluster"/> can be reached whose source describes it so.</summary>
    public Reach ReachOf(ClusterId cluster, ClusterSnapshot? described) =>
        cluster == Own || described is { IsDirect: true } || (described?.Network is { } network && network == _network) ? Reach.Direct
        : described?.Gateway is { Hosts.IsDefaultOrEmpty: false } ? Reach.Gateway
        : Reach.None;

    /// <summary>Whether this process dials what is reached so.</summary>
    public bool Dials(Reach reach) => reach == Reach.Direct || (reach == Reach.Gateway && _dialsGateways);

    /// <summary>Why endpoints of <paramref name="cluster"/> are not dialled whose source describes it so, and what to do.</summary>
    public string AdviceFor(ClusterId cluster, ClusterSnapshot? described)
    {
        if (described is not { } known)
        {
            return $"no source describes cluster {cluster}";
        }

        var caller = _network is null ? "the caller names no network" : $"the caller is in network '{_network}'";
        var there = known.Network is null ? $"cluster {cluster} names none" : $"cluster {cluster} is in network '{known.Network}'";
        var what = (_network, known.Network) switch
        {
            (null, null) => $"give both the same network (Mesh:Locality:Network and Mesh:Clusters:{cluster}:Network)",
            (null, _) => $"say that the caller is in that network too (Mesh:Locality:Network), or, if a file brings the cluster, leave clusters.{cluster}.network out of it",
            (_, null) => $"give it the caller's network (Mesh:Clusters:{cluster}:Network)",
            _ => $"give it the caller's network (Mesh:Clusters:{cluster}:Network, or clusters.{cluster}.network of the file that brings it)",
        };
        return ReachOf(cluster, described) == Reach.Gateway
            ? $"{caller}, {there}, and its gateway is not dialled, since this process has no identity to show it: set Mesh:Identity (TrustDomain, Certificate, Key, TrustBundle), or, where its pods can be dialled from here, {what}"
            : $"{caller}, {there}, and it has no gateway: where its pods can be dialled from here, {what}";
    }
}
