using System.Collections.Immutable;
using Mesh.Tiers;

namespace Mesh.Tables;

/// <summary>The clusters as they are at one topology revision, seen from the caller.</summary>
internal sealed class Topology
{
    private readonly ImmutableDictionary<ClusterId, ClusterSnapshot> _clusters;
    private readonly IMeshCatalog _catalog;
    private readonly string? _network;

    public Topology(IMeshCatalog catalog, MeshRouterOptions options)
    {
        _catalog = catalog;

        // Read first: should the clusters change meanwhile, the next look finds this one outdated.
        Revision = catalog.TopologyRevision;
        _clusters = catalog.Clusters.Select(static c => c.Cluster).Distinct()
            .Select(catalog.FindCluster).OfType<ClusterSnapshot>()
            .ToImmutableDictionary(static c => c.Cluster);
        var said = options.Caller ?? default;
        var own = !said.Cluster.IsNone ? said.Cluster : _clusters.Values.FirstOrDefault(static c => c.IsOwn)?.Cluster ?? default;
        var ownCluster = own.IsNone ? null : Find(own);
        Caller = new CallerPlace(new Locality(own, said.Region ?? ownCluster?.Region, said.Zone ?? ownCluster?.Zone, said.Node));
        _network = ownCluster?.Network ?? options.CallerNetwork;
    }

    public long Revision { get; }

    public CallerPlace Caller { get; }

    public ClusterId Own => Caller.Locality.Cluster;

    /// <summary>Whether the own cluster is known and one of the mesh.</summary>
    public bool HasOwn => !Own.IsNone && _clusters.ContainsKey(Own);

    /// <summary>The network the caller is in, or <see langword="null"/>.</summary>
    public string? Network => _network;

    public ClusterSnapshot? Find(ClusterId cluster) => _clusters.GetValueOrDefault(cluster);

    /// <summary>How well a cluster is known at this moment: freshness alone makes no new topology.</summary>
    public ClusterFreshness? FreshnessOf(ClusterId cluster) => _catalog.FindCluster(cluster)?.Freshness;

    /// <summary>The place of an endpoint, with what its cluster says filled in.</summary>
    public Locality Complete(in Locality locality)
    {
        var cluster = Find(locality.Cluster);
        return cluster is null ? locality : locality with { Region = locality.Region ?? cluster.Region, Zone = locality.Zone ?? cluster.Zone };
    }

    public Reach ReachOf(ClusterId cluster)
    {
        if (cluster == Own)
        {
            return Reach.Direct;
        }

        if (Find(cluster) is not { } known)
        {
            return Reach.None;
        }

        return known.IsDirect || (known.Network is { } network && network == _network) ? Reach.Direct
            : known.Gateway is null ? Reach.None
            : Reach.Gateway;
    }

    /// <summary>Why a cluster is not dialled, and what to do.</summary>
    public string AdviceFor(ClusterId cluster)
    {
        if (Find(cluster) is not { } known)
        {
            return $"no source describes cluster {cluster}";
        }

        var caller = _network is null ? "the caller names no network" : $"the caller is in network '{_network}'";
        var there = known.Network is null ? $"cluster {cluster} names none" : $"cluster {cluster} is in network '{known.Network}'";
        var gateway = known.Gateway is null ? "it has no gateway" : "gateways are not dialled in this version";
        return $"{caller}, {there}, and {gateway}: where its pods can be dialled from here, give both clusters the same Network (Mesh:Clusters:{cluster}:Network)";
    }
}
