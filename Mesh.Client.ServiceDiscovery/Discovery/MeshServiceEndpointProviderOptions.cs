using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh;

/// <summary>How the mesh answers Microsoft.Extensions.ServiceDiscovery.</summary>
public sealed class MeshServiceEndpointProviderOptions
{
    /// <summary>
    /// Whether an endpoint carries the service's host (<c>orders.sales</c>) for the Host header and, with <c>https</c>, for the name that the certificate is checked against. Default: no, as with
    /// the configuration's endpoints; then the Host is the endpoint's address.
    /// </summary>
    public Func<ServiceEndpoint, bool> ShouldApplyHostNameMetadata { get; set; } = static _ => false;
}
