namespace Mesh;

/// <summary>Limits that protect the process from what a source brings. What exceeds them is left out and reported; the rest flows.</summary>
public sealed class CatalogLimits
{
    /// <summary>How many endpoints one (source, cluster) may bring for one service. Default: 50,000; at least 1.</summary>
    public int MaxEndpointsPerService { get; set; } = 50_000;

    /// <summary>How many services one (source, cluster) may bring. Default: 20,000; at least 1.</summary>
    public int MaxServicesPerCluster { get; set; } = 20_000;

    /// <summary>How many problems are kept per (source, cluster); further ones are counted in one. Default: 1,000; at least 1.</summary>
    public int MaxProblemsPerCluster { get; set; } = 1_000;

    /// <summary>How many services may be of interest at once; further ones are looked up without on-demand sources being asked. Default: 50,000; at least 1.</summary>
    public int MaxInterests { get; set; } = 50_000;
}
