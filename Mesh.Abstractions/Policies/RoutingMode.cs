namespace Mesh;

/// <summary>How a service's clusters share its load.</summary>
public enum RoutingMode
{
    /// <summary>Nearest tier first, spilling to the next when one cannot carry the load.</summary>
    Locality,

    /// <summary>The own cluster, then <see cref="ServicePolicy.Targets"/> in order; each used only when those before it cannot carry the load. <c>FailOver</c> is accepted when parsing.</summary>
    Failover,

    /// <summary>Clusters by weight. Not available in this version: refused by name at start.</summary>
    ActiveActive,
}
