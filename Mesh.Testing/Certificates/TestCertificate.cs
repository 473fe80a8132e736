using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh;

/// <summary>A certificate with its private key, issued by a <see cref="TestCertificateAuthority"/>.</summary>
public sealed class TestCertificate : IDisposable
{
    internal TestCertificate(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        CertificatePem = certificate.ExportCertificatePem();
        KeyPem = key.ExportPkcs8PrivateKeyPem();
        Certificate = Usable(certificate);
    }

    /// <summary>The certificate with its key, ready for TLS on either side.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate as PEM, without the key.</summary>
    public string CertificatePem { get; }

    /// <summary>The private key as PEM (PKCS #8, not encrypted).</summary>
    public string KeyPem { get; }

    /// <summary>Writes certificate and key as <c>tls.crt</c> and <c>tls.key</c> into an existing folder, as a Secret of type TLS is mounted.</summary>
    public void WriteTo(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "tls.crt"), CertificatePem + "\n");
        File.WriteAllText(Path.Combine(directory, "tls.key"), KeyPem + "\n");
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    // Windows serves TLS only with a key that went through a key store; elsewhere the key in memory is enough.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
