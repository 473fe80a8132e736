namespace Mesh;

/// <summary>Which part of a service a host name means.</summary>
public enum ServiceView
{
    /// <summary>The merged service: all of the own cluster and what other clusters export (<c>orders.sales</c>).</summary>
    Mesh,

    /// <summary>The own cluster's service alone (<c>orders.sales.svc.cluster.local</c>, which KEP-1645 leaves as it is).</summary>
    OwnCluster,

    /// <summary>The union of what is exported; an own service of that name which is not exported is no part of it (<c>orders.sales.svc.clusterset.local</c>).</summary>
    ClusterSet,
}
