namespace Mesh;

/// <summary>
/// Who this process is to other clusters, and whom it believes: what the gateways of clusters in other networks are dialled with. All of it, or nothing; without it such clusters are out
/// of reach. The files are PEM and are read again when they change, as cert-manager and SPIRE change them; while what they hold cannot be used the last good state stays in use.
/// </summary>
public sealed class MeshIdentityOptions
{
    /// <summary>
    /// The trust domain of the mesh, such as <c>example.com</c>: the gateways of cluster beta are <c>mesh.beta.example.com</c> with the identity
    /// <c>spiffe://example.com/cluster/beta/ingress</c>. DNS labels with dots between, 184 characters at most. Default: none.
    /// </summary>
    public string? TrustDomain { get; set; }

    /// <summary>
    /// A file with the own certificate, and after it those between it and its authority. Its URI name is <c>spiffe://&lt;trust domain&gt;/cluster/&lt;own cluster&gt;/&lt;role&gt;</c>.
    /// Default: none.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>A file with the certificate's private key, not encrypted. Default: none.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the authorities (root certificates) of the trust domain. Default: none.</summary>
    public string? TrustBundle { get; set; }

    /// <summary>
    /// Files with the authorities of single clusters, by cluster: for a cluster named here they take the place of <see cref="TrustBundle"/>, so that one cluster's authority cannot speak for another.
    /// Default: none, the authorities of the trust domain speak for every cluster in it.
    /// </summary>
    public IDictionary<string, string> ClusterTrustBundles { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
