using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mesh.Gateways;

/// <summary>Makes credentials of what the identity's files hold, or says everything that is wrong with them.</summary>
internal sealed class CredentialLoader(MeshIdentityOptions options)
{
    private readonly SettingErrors _errors = new("Mesh:Identity");

    /// <summary>What is wrong: a sentence each, with the setting and the file.</summary>
    public IReadOnlyList<string> Errors => _errors.Messages;

    /// <summary>Every file of the identity: the setting that names it, and its path.</summary>
    public static IEnumerable<(string Setting, string Path)> FilesOf(MeshIdentityOptions options)
    {
        yield return (nameof(options.Certificate), options.Certificate!);
        yield return (nameof(options.Key), options.Key!);
        yield return (nameof(options.TrustBundle), options.TrustBundle!);
        foreach (var (cluster, path) in options.ClusterTrustBundles)
        {
            yield return (BundleOf(cluster), path);
        }
    }

    /// <summary>The files' contents by setting; <see langword="null"/> where one cannot be read.</summary>
    public Dictionary<string, byte[]>? ReadFiles()
    {
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (setting, path) in FilesOf(options))
        {
            try
            {
                contents[setting] = File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                _errors.Add(setting, $"names '{DnsLabel.Printable(path)}', which cannot be read: {e.Message.TrimEnd('.')}. Name a PEM file that this process may read.");
            }
        }

        return _errors.Messages.Count == 0 ? contents : null;
    }

    /// <summary>The credentials in these contents; <see langword="null"/> where they cannot be used.</summary>
    public MeshCredentials? Parse(Dictionary<string, byte[]> contents)
    {
        var own = ParseOwn(contents[nameof(options.Certificate)], contents[nameof(options.Key)]);
        var authorities = ParseBundle(nameof(options.TrustBundle), options.TrustBundle!, contents[nameof(options.TrustBundle)]);
        var ofClusters = options.ClusterTrustBundles.ToDictionary(
            static b => new ClusterId(b.Key), b => ParseBundle(BundleOf(b.Key), b.Value, contents[BundleOf(b.Key)])!);
        return _errors.Messages.Count == 0 ? new MeshCredentials(options.TrustDomain!, own!, authorities!, ofClusters) : null;
    }

    private static string BundleOf(string cluster) => $"{nameof(MeshIdentityOptions.ClusterTrustBundles)}:{cluster}";

    private SslStreamCertificateContext? ParseOwn(byte[] certificate, byte[] key)
    {
        var chain = ParsePem(nameof(options.Certificate), options.Certificate!, certificate, "no certificate in PEM");
        if (chain is null)
        {
            return null;
        }

        var uris = SpiffeNames.Of(chain[0]);
        var wanted = SpiffeNames.ClustersOf(options.TrustDomain!);
        if (uris.Count != 1 || !uris[0].StartsWith(wanted, StringComparison.Ordinal))
        {
            _errors.Add(nameof(options.Certificate), $"names '{options.Certificate}', whose certificate has {Said(uris)}: it needs exactly one, {wanted}<own cluster>/<role>, or no gateway accepts it.");
            return null;
        }

        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), Encoding.UTF8.GetString(key));
            var usable = OperatingSystem.IsWindows()
                ? X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null)
                : X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), Encoding.UTF8.GetString(key));
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(usable, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            _errors.Add(nameof(options.Key), $"names '{options.Key}', which holds no private key that belongs to the certificate in '{options.Certificate}': {e.Message.TrimEnd('.')}.");
            return null;
        }
    }

    private TrustedAuthorities? ParseBundle(string setting, string path, byte[] content) =>
        ParsePem(setting, path, content, "no authority's certificate in PEM") is { } roots ? new TrustedAuthorities(path, roots) : null;

    private X509Certificate2Collection? ParsePem(string setting, string path, byte[] content, string nothing)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(Encoding.UTF8.GetString(content));
        }
        catch (CryptographicException e)
        {
            nothing = e.Message.TrimEnd('.');
            found.Clear();
        }

        if (found.Count == 0)
        {
            _errors.Add(setting, $"names '{DnsLabel.Printable(path)}', which cannot be used: {nothing}.");
            return null;
        }

        return found;
    }

    private static string Said(IReadOnlyList<string> uris) => uris.Count == 0 ? "no URI name" : $"the URI names {string.Join(", ", uris.Select(static u => DnsLabel.Printable(u)))}";
}
