namespace Mesh;

/// <summary>What the mesh of one process is told, by code or by the configuration section <c>Mesh</c>.</summary>
public sealed class MeshOptions
{
    /// <summary>Where this process runs.</summary>
    public MeshLocalityOptions Locality { get; set; } = new();

    /// <summary>Who this process is to the gateways of clusters in other networks. Default: nobody, so that such clusters are out of reach.</summary>
    public MeshIdentityOptions Identity { get; set; } = new();

    /// <summary>
    /// Namespaces whose <c>name.namespace</c> hosts are services of the mesh. Those of <c>Clusters:*:Namespaces</c>, of the keys of <see cref="Services"/> and the
    /// app's own count too, and those the catalog has seen. Default: none.
    /// </summary>
    public IList<string> Namespaces { get; set; } = [];

    /// <summary>
    /// A folder where the namespaces seen and the last state of each watched cluster are kept over a restart, so that a process routes at once while API servers are down; made
    /// where it is missing. Default: none, nothing is kept.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>
    /// How old a cluster's kept state may be to be routed by at the start; an older one is not used, for addresses are given to other pods. Once used it stays in use until the
    /// API server answers, however long. Default: 1 h; 0 (nothing is kept or used) to 30 days.
    /// </summary>
    public TimeSpan MaxCachedAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a request waits for a service that is not known yet. Default: 30 s; 0 to 10 min.</summary>
    public TimeSpan InitialSyncTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an unused service stays of interest to on-demand sources. Default: 10 min; 1 s to 1 day.</summary>
    public TimeSpan InterestExpiry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The policy of services that have none of their own. Default: says nothing, so that the mesh defaults hold.</summary>
    public ServicePolicyOptions Policy { get; set; } = new();

    /// <summary>Policies by service (<c>orders.sales</c>). Default: none.</summary>
    public IDictionary<string, ServicePolicyOptions> Services { get; set; } = new Dictionary<string, ServicePolicyOptions>(StringComparer.Ordinal);

    /// <summary>The seed of every random choice; <see langword="null"/> (the default) takes one from the system.</summary>
    public int? Seed { get; set; }
}
