namespace Mesh;

/// <summary>The settings of a <see cref="MeshCatalog"/>: limits that protect the process from what a source brings, and times.</summary>
public sealed class MeshCatalogOptions
{
    /// <summary>How long a service must have been unused for its interest to end. Default: 10 min; it may last half as long again.</summary>
    public TimeSpan InterestExpiry { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many services may be of interest at once; more are looked up without on-demand sources being asked. Default: 50,000.</summary>
    public int MaxInterests { get; set; } = 50_000;

    /// <summary>How many endpoints one (source, cluster) may bring for one service. Default: 50,000.</summary>
    public int MaxEndpointsPerService { get; set; } = 50_000;

    /// <summary>How many services one (source, cluster) may bring. Default: 20,000.</summary>
    public int MaxServicesPerCluster { get; set; } = 20_000;

    /// <summary>How many problems are kept per (source, cluster); further ones are counted in one. Default: 1,000.</summary>
    public int MaxProblemsPerCluster { get; set; } = 1_000;

    /// <summary>The pause before a source that ended is started again; each further one doubles, with jitter. Default: 250 ms.</summary>
    public TimeSpan RestartBackoff { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such pause. A run that lasted longer begins anew. Default: 30 s.</summary>
    public TimeSpan MaxRestartBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The seed of the jitter; <see langword="null"/> (the default) takes one from the system.</summary>
    public int? Seed { get; set; }
}
