using System.Security.Cryptography;
using System.Text;
using k8s;

namespace Mesh.Connection;

/// <summary>Connections from a kubeconfig or the pod's own credentials, read anew at each opening.</summary>
internal sealed class ConfiguredConnection(KubernetesClusterOptions options, TimeProvider timeProvider) : IConnectionSource
{
    private volatile string? _opened;

    public bool IsOwn => UsesPod(options);

    public bool CanRenew => true;

    /// <summary>Whether the pod's own credentials are used.</summary>
    public static bool UsesPod(KubernetesClusterOptions options) =>
        string.IsNullOrEmpty(options.KubeconfigPath) && string.IsNullOrEmpty(options.Context) && KubernetesClientConfiguration.IsInCluster();

    /// <summary>The kubeconfig files the options lead to.</summary>
    /// <exception cref="KubeconfigException">There is none.</exception>
    public static IReadOnlyList<string> Files(KubernetesClusterOptions options)
    {
        if (!string.IsNullOrEmpty(options.KubeconfigPath)) return [options.KubeconfigPath];
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } list)
        {
            // As kubectl: files that are not there are passed over.
            var files = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(File.Exists).ToList();
            return files.Count > 0 ? files : throw new KubeconfigException("no file named by the environment variable KUBECONFIG is there.");
        }

        return File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation)
            ? [KubernetesClientConfiguration.KubeConfigDefaultLocation]
            : throw new KubeconfigException(
                $"no kubeconfig: the process runs in no pod (or its service account token is not mounted), KUBECONFIG is not set, and {KubernetesClientConfiguration.KubeConfigDefaultLocation} is not there.");
    }

    public bool HasChanged() => !UsesPod(options) && Fingerprint() != _opened;

    public async Task<ApiClient> OpenAsync(CancellationToken cancellationToken)
    {
        // Reading may run a credential plugin, synchronously.
        var settings = await Task.Run(Read, cancellationToken).ConfigureAwait(false);
        try
        {
            return ApiClient.Create(settings);
        }
        catch (Exception e)
        {
            // The client library reads certificates, keys and their files only here.
            throw new KubeconfigException($"the connection to {settings.Configuration.Host} cannot be made: {Kubeconfig.SafeMessage(e)} Look at client-certificate and client-key.", e);
        }
    }

    private ConnectionSettings Read()
    {
        // Taken first: a change meanwhile is seen as one. A file that cannot be used is not tried again before it changes.
        if (!UsesPod(options)) _opened = Fingerprint();
        var settings = UsesPod(options) ? Pod() : Kubeconfig.Read(Files(options), options.Context).Build(timeProvider);
        if (!string.IsNullOrEmpty(options.CertificateAuthority)) settings.Configuration.SslCaCerts = CertificateFile.Read(options.CertificateAuthority);
        return settings;
    }

    // By content: what mounts a Secret swaps links, and times say little. A hash, since tokens are in it.
    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var path in Files(options))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path));
                hash.AppendData(File.ReadAllBytes(path));
            }
        }
        catch (Exception e) when (e is KubeconfigException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private ConnectionSettings Pod()
    {
        try
        {
            var configuration = KubernetesClientConfiguration.InClusterConfig();
            configuration.TokenProvider = new TokenFile("/var/run/secrets/kubernetes.io/serviceaccount/token", timeProvider);
            return new ConnectionSettings(configuration);
        }
        catch (Exception e) when (e is k8s.Exceptions.KubeConfigException or IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubeconfigException($"the pod's own credentials cannot be read: {e.Message}", e);
        }
    }
}
