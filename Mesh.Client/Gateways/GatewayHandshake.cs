using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Gateways;

/// <summary>
/// One mutual handshake with a gateway of the cluster that is meant: TLS 1.2 or 1.3, HTTP/2. The peer is known by exactly one URI name, that of the cluster's ingress, in a certificate of
/// those who may speak for the cluster; its DNS names do not matter.
/// </summary>
internal sealed class GatewayHandshake(MeshCredentials credentials, ClusterId cluster, TimeProvider timeProvider)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly string _wanted = SpiffeNames.OfIngress(credentials.TrustDomain, cluster);
    private readonly TrustedAuthorities _authorities = credentials.AuthoritiesOf(cluster);
    private string? _refusal;

    /// <summary>The name that is sent as SNI and authority.</summary>
    public static string NameOf(ClusterId cluster, string trustDomain) => $"mesh.{cluster}.{trustDomain}";

    /// <exception cref="AuthenticationException">The peer was not accepted; the message says why.</exception>
    public async ValueTask SecureAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = NameOf(cluster, credentials.TrustDomain),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateContext = credentials.Own,
            CertificateChainPolicy = Policy(),
            RemoteCertificateValidationCallback = Accepts,
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new AuthenticationException(_refusal ?? $"the TLS handshake failed: {Innermost(e)}", e);
        }

        if (stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            throw new AuthenticationException("it does not speak HTTP/2 (ALPN h2), which the wire between clusters needs.");
        }
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = timeProvider.GetUtcNow().LocalDateTime,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.AddRange(_authorities.Roots);
        return policy;
    }

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        (_refusal = Refusal(certificate as X509Certificate2, chain, errors)) is null;

    private string? Refusal(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "it showed no certificate.";
        }

        var uris = SpiffeNames.Of(certificate);
        if (uris.Count != 1 || uris[0] != _wanted)
        {
            var names = uris.Count == 0 ? "has no URI name" : $"is of {string.Join(" and ", uris.Select(static u => DnsLabel.Printable(u)))}";
            return $"its certificate {names}, and {_wanted} alone is wanted.";
        }

        return (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0 ? null : OfChain(certificate, chain);
    }

    private string OfChain(X509Certificate2 certificate, X509Chain? chain)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, s) => all | s.Status) ?? X509ChainStatusFlags.NoError;
        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return FormattableString.Invariant(
                $"a certificate that it showed is not valid now; its own is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}.");
        }

        if ((status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            return $"its certificate was issued by '{DnsLabel.Printable(certificate.Issuer)}', which is none of the authorities of '{_authorities.File}' that may speak for cluster '{cluster}'.";
        }

        var reasons = chain?.ChainStatus.Select(static s => s.StatusInformation.Trim().TrimEnd('.')).Distinct() ?? [];
        return $"its certificate was not accepted: {string.Join("; ", reasons)}.";
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }
}
