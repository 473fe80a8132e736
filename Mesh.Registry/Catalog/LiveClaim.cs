namespace Mesh.Catalog;

/// <summary>That a live cluster shows an address for a service.</summary>
internal readonly record struct LiveClaim(ClusterId Cluster, string Source, ServiceName Service);
