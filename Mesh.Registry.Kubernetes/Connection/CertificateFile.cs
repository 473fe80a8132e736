using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mesh.Connection;

/// <summary>Trusted authorities in PEM: all of them, as a change of the authority publishes the old and the new one together.</summary>
internal static class CertificateFile
{
    /// <exception cref="KubeconfigException">The file cannot be read, or holds no certificate.</exception>
    public static X509Certificate2Collection Read(string path, FileReadings files) =>
        Import(Encoding.UTF8.GetString(files.Read(path)), $"{Path.GetFullPath(path)}: it is no PEM file of certificates.", $"{Path.GetFullPath(path)}: no certificate is in it.");

    /// <summary>Reads the same from base64 text, which is how kubeconfigs carry it.</summary>
    /// <exception cref="KubeconfigException">It is no base64, or holds no certificate.</exception>
    public static X509Certificate2Collection Parse(string base64)
    {
        const string Wrong = "it is no PEM text of certificates in base64.";
        try
        {
            return Import(Encoding.UTF8.GetString(Convert.FromBase64String(base64)), Wrong, "no certificate is in it.");
        }
        catch (FormatException)
        {
            throw new KubeconfigException(Wrong);
        }
    }

    private static X509Certificate2Collection Import(string pem, string wrong, string none)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new KubeconfigException(wrong);
        }

        return certificates.Count > 0 ? certificates : throw new KubeconfigException(none);
    }
}
