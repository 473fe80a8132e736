namespace Mesh;

/// <summary>How a service's clusters share its load.</summary>
public enum RoutingMode
{
    /// <summary>Nearest tier first, spilling to the next when one cannot carry the load.</summary>
    Locality,

    /// <summary>The own cluster, then <see cref="ServicePolicy.Targets"/> in order; each used only when those before it cannot carry the load. <c>FailOver</c> is accepted when parsing.</summary>
    Failover,

    /// <summary>All of <see cref="ServicePolicy.Targets"/> by weight (of the cluster, whatever its number of endpoints), nearest first inside each; without targets all clusters alike.</summary>
    ActiveActive,
}
