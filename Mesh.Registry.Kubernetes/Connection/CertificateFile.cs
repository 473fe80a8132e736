using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mesh.Connection;

/// <summary>A PEM file of trusted authorities.</summary>
internal static class CertificateFile
{
    /// <exception cref="KubeconfigException">It cannot be read, or holds no certificate.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e is CryptographicException ? "it is no PEM file of certificates" : e.Message;
            throw new KubeconfigException($"{Path.GetFullPath(path)}: {why}.", e);
        }

        return certificates.Count > 0 ? certificates : throw new KubeconfigException($"{Path.GetFullPath(path)}: no certificate is in it.");
    }

    /// <summary>Checks the same as base64 text, which is how kubeconfigs carry it.</summary>
    /// <exception cref="KubeconfigException">It is no base64, or holds no certificate.</exception>
    public static void Parse(string base64)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new KubeconfigException("it is no PEM text of certificates in base64.");
        }

        if (certificates.Count == 0) throw new KubeconfigException("no certificate is in it.");
    }
}
