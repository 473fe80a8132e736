using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Gateways;

/// <summary>What the identity's files held at one moment. Immutable.</summary>
/// <param name="TrustDomain">The trust domain.</param>
/// <param name="Own">The own certificate with its key and what is between it and its authority.</param>
/// <param name="Authorities">The authorities of the trust domain.</param>
/// <param name="OfClusters">Those of clusters that have their own.</param>
internal sealed record MeshCredentials(
    string TrustDomain, SslStreamCertificateContext Own, TrustedAuthorities Authorities, IReadOnlyDictionary<ClusterId, TrustedAuthorities> OfClusters)
{
    /// <summary>Who may speak for a cluster.</summary>
    public TrustedAuthorities AuthoritiesOf(ClusterId cluster) => OfClusters.GetValueOrDefault(cluster) ?? Authorities;
}
