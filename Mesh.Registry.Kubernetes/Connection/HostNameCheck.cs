using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Connection;

/// <summary>
/// The client library accepts a certificate for any host name when its chain leads to the kubeconfig's authority. This puts the check back, and
/// remembers why a certificate was refused, which the exception does not say.
/// </summary>
internal sealed class HostNameCheck
{
    private volatile string? _refusal;

    /// <summary>Why the last certificate was refused, or <see langword="null"/>.</summary>
    public string? Refusal => _refusal;

    /// <summary>Wraps the validation of a handler, which must not have been used yet.</summary>
    public void Install(SocketsHttpHandler handler)
    {
        var inner = handler.SslOptions.RemoteCertificateValidationCallback;
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var reason = Refuse(inner, sender, certificate, chain, errors);
            _refusal = reason;
            return reason is null;
        };
    }

    private static string? Refuse(
        RemoteCertificateValidationCallback? inner, object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "the server showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var asked = (sender as SslStream)?.TargetHostName;
            return $"the server's certificate is not for '{DnsLabel.Printable(asked)}' but for {Names(certificate)}; name the server as its certificate does, or set tls-server-name";
        }

        var accepted = inner is null ? errors == SslPolicyErrors.None : inner(sender, certificate, chain, errors);
        return accepted ? null : $"the server's certificate is not signed by a trusted authority, or is not valid now ({Origin(certificate)})";
    }

    private static string Names(X509Certificate certificate)
    {
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var names = copy.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(static a => a.ToString())))
            .Take(5).Select(DnsLabel.Printable).ToList();
        return names.Count == 0 ? "no name" : string.Join(", ", names);
    }

    private static string Origin(X509Certificate certificate)
    {
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"issued by {DnsLabel.Printable(copy.Issuer)}, valid from {copy.NotBefore.ToUniversalTime():u} to {copy.NotAfter.ToUniversalTime():u}");
    }
}
