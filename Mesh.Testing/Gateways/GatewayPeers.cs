using System.Security.Cryptography.X509Certificates;
using Mesh.Certificates;

namespace Mesh.Gateways;

/// <summary>Whom a gateway lets in: certificates of the authority with exactly one URI name, an identity of the trust domain.</summary>
internal sealed class GatewayPeers(X509Certificate2 authority, string trustDomain)
{
    public bool Accepts(X509Certificate2 peer)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ExtendedKeyUsage.Client));
        return IdentityOf(peer) is not null && chain.Build(peer);
    }

    /// <summary>The peer's identity; <see langword="null"/> where it has none of the trust domain.</summary>
    public string? IdentityOf(X509Certificate2 peer)
    {
        var uris = AlternativeNames.UrisOf(peer);
        return uris is [var only] && only.StartsWith($"spiffe://{trustDomain}/cluster/", StringComparison.Ordinal) ? only : null;
    }
}
