using Mesh.Substitution;

namespace Mesh;

/// <summary>
/// The services that a test declares in place of what an application watches; put in by <c>services.ReplaceMeshCatalog(…)</c>. It can be changed at any time,
/// also while hosts run: the next request of each goes by it. One object may serve several hosts, and is in the container of each.
/// </summary>
/// <remarks>
/// Its clusters are live and dialled directly from anywhere. Addresses are real ones: servers of the test on loopback, or <see cref="Backend"/>s.
/// A service is said per cluster; where no cluster is named it is the host's own (<c>RunsIn</c>, <c>Mesh:Locality</c>), or <see cref="DefaultCluster"/> where it
/// has none. Name clusters to test policies that name them.
/// </remarks>
public sealed class SubstituteCatalog
{
    /// <summary>The cluster of services for which none is named, under a host that does not say where it runs.</summary>
    public const string DefaultCluster = "test";

    private readonly Lock _lock = new();
    private readonly Dictionary<ClusterId, ClusterSnapshot> _clusters = [];
    private readonly List<DeclaredService> _services = [];
    private readonly List<SubstituteHost> _hosts = [];

    /// <summary>The namespaces of its services: hosts in them are services of the mesh, never sent to the internet.</summary>
    public IReadOnlyCollection<string> Namespaces
    {
        get
        {
            lock (_lock)
            {
                return [.. _services.Select(static s => s.Name.Namespace).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Adds a service whose endpoints are servers at these URLs, or replaces it in the own cluster. It has port 80 for http, 443 for https.</summary>
    /// <param name="service">The service, <c>orders.sales</c>.</param>
    /// <param name="url">Where a server of the test listens, <c>http://127.0.0.1:5000</c>; a path is not possible.</param>
    /// <param name="further">More of them, with the same scheme.</param>
    /// <exception cref="FormatException">The name is no service, or a URL is no http or https address of a server.</exception>
    public SubstituteCatalog Service(string service, string url, params string[] further)
    {
        ArgumentNullException.ThrowIfNull(further);
        return Service(service, ServerUrls.Describe([url, .. further]));
    }

    /// <summary>
    /// Adds a service whose pods are these backends, or replaces it in their clusters. Cluster, zone and node are those of each backend's identity. It has port 80, or
    /// 443 where they speak TLS.
    /// </summary>
    /// <param name="service">The service, <c>orders.sales</c>.</param>
    /// <param name="backend">A running backend.</param>
    /// <param name="further">More of them, which speak the same.</param>
    /// <exception cref="FormatException">The name is no service, or a backend's cluster is no DNS label.</exception>
    /// <exception cref="ArgumentException">The backends do not speak the same.</exception>
    public SubstituteCatalog Service(string service, Backend backend, params Backend[] further)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(further);
        foreach (var cluster in further.Prepend(backend).GroupBy(static b => b.Identity.Cluster, StringComparer.Ordinal))
        {
            Service(service, BackendPods.Describe(backend.Protocols, [.. cluster]), cluster.Key);
        }

        return this;
    }

    /// <summary>Adds a service described in full, or replaces it in one cluster.</summary>
    /// <param name="service">The service, <c>orders.sales</c>.</param>
    /// <param name="describe">Says its ports, endpoints and policy. Called once now, to check it, and once for each host.</param>
    /// <param name="cluster">The cluster, a DNS label. Default: the host's own.</param>
    /// <exception cref="FormatException">A name or an address is not valid.</exception>
    public SubstituteCatalog Service(string service, Action<MemoryServiceBuilder> describe, string? cluster = null)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var declared = new DeclaredService(ServiceName.Parse(service), cluster, describe);

        // What is wrong is thrown here, in the test, and changes nothing.
        declared.AddTo(new MemoryCatalogSource(), DefaultCluster);
        lock (_lock)
        {
            _services.RemoveAll(s => s.Name == declared.Name && s.Cluster == declared.Cluster);
            _services.Add(declared);
            foreach (var host in _hosts)
            {
                declared.AddTo(host.Source, host.OwnCluster);
            }
        }

        return this;
    }

    /// <summary>Says where a cluster is, and how well it is known. Not needed for clusters of which neither matters.</summary>
    /// <param name="name">The cluster, a DNS label.</param>
    /// <param name="region">Its region. Default: none.</param>
    /// <param name="zone">The zone of its endpoints that name none. Default: none.</param>
    /// <param name="freshness">How well it is known. Default: live.</param>
    /// <exception cref="FormatException"><paramref name="name"/> is no DNS label.</exception>
    public SubstituteCatalog Cluster(string name, string? region = null, string? zone = null, ClusterFreshness freshness = ClusterFreshness.Live)
    {
        var cluster = new ClusterSnapshot(new ClusterId(name)) { Region = region, Zone = zone, Freshness = freshness, IsDirect = true };
        lock (_lock)
        {
            _clusters[cluster.Cluster] = cluster;
            _hosts.ForEach(host => host.SetCluster(cluster));
        }

        return this;
    }

    /// <summary>Takes a service away.</summary>
    /// <param name="service">The service, <c>orders.sales</c>.</param>
    /// <param name="cluster">The cluster it is taken from. Default: every one.</param>
    /// <exception cref="FormatException"><paramref name="service"/> is no service.</exception>
    public SubstituteCatalog Remove(string service, string? cluster = null)
    {
        var name = ServiceName.Parse(service);
        lock (_lock)
        {
            var going = _services.FindAll(s => s.Name == name && (cluster is null || s.Cluster == cluster));
            _services.RemoveAll(going.Contains);
            foreach (var host in _hosts)
            {
                foreach (var id in going.Select(s => s.Cluster ?? host.OwnCluster).Append(cluster ?? host.OwnCluster).Distinct(StringComparer.Ordinal))
                {
                    host.Source.Remove(new ClusterId(id), name);
                }
            }
        }

        return this;
    }

    /// <summary>The services declared, such as <c>orders.sales in alpha, carts.sales in the own cluster</c>.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return _services.Count == 0 ? "no services" : string.Join(", ", _services.Select(static s => $"{s.Name} in {s.Cluster ?? "the own cluster"}"));
        }
    }

    internal void Attach(SubstituteHost host)
    {
        lock (_lock)
        {
            foreach (var cluster in _clusters.Values)
            {
                host.SetCluster(cluster);
            }

            _services.ForEach(service => service.AddTo(host.Source, host.OwnCluster));
            _hosts.Add(host);
        }
    }

    internal void Detach(SubstituteHost host)
    {
        lock (_lock)
        {
            _hosts.Remove(host);
        }
    }
}
