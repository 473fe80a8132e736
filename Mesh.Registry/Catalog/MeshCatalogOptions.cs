namespace Mesh;

/// <summary>The settings of a <see cref="MeshCatalog"/>.</summary>
public sealed class MeshCatalogOptions
{
    /// <summary>How long a service must have been unused for its interest to end. Default: 10 min; it may last half as long again.</summary>
    public TimeSpan InterestExpiry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The cluster the process runs in: a service with ready endpoints there is routed to without waiting for sources that still connect. Default: none said; then the one that a
    /// source calls the own one.
    /// </summary>
    public ClusterId OwnCluster { get; set; }

    /// <summary>Limits that protect the process from what a source brings.</summary>
    public CatalogLimits Limits { get; set; } = new();

    /// <summary>The pause before a source that ended is started again; each further one doubles, with jitter. Default: 250 ms.</summary>
    public TimeSpan RestartBackoff { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such pause. A run that lasted longer begins anew. Default: 30 s.</summary>
    public TimeSpan MaxRestartBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A folder where the namespaces seen and the last state of each watched cluster are kept over a restart; made where it is missing. Default: none, nothing is kept.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>
    /// How old a cluster's kept state may be to be routed by at the start, before its source has spoken. 0: no state of clusters is kept or used. Default: 1 h.
    /// </summary>
    public TimeSpan MaxCachedAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The seed of the jitter; <see langword="null"/> (the default) takes one from the system.</summary>
    public int? Seed { get; set; }
}
