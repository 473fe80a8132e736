using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Exceptions;

namespace Mesh.Connection;

/// <summary>Connections from a kubeconfig (files, or data) or the pod's own credentials, read anew at each opening.</summary>
internal sealed class ConfiguredConnection(KubernetesClusterOptions options, TimeProvider timeProvider) : IConnectionSource
{
    private const int MaxReadings = 3;
    private const string PodFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private volatile Reading? _last;
    private volatile FolderWatch? _folders;

    public bool IsOwn => UsesPod(options);

    public bool CanRenew => true;

    /// <summary>Whether the pod's own credentials are used.</summary>
    public static bool UsesPod(KubernetesClusterOptions options) =>
        options.Kubeconfig is null && string.IsNullOrEmpty(options.KubeconfigPath) && string.IsNullOrEmpty(options.Context) && KubernetesClientConfiguration.IsInCluster();

    /// <summary>Reads the kubeconfig that the options lead to.</summary>
    /// <exception cref="KubeconfigException">There is none, or it cannot be read.</exception>
    public static Kubeconfig ReadKubeconfig(KubernetesClusterOptions options, FileReadings files) => options.Kubeconfig is { } data
        ? Kubeconfig.Parse(data.Text, options.KubeconfigAllows, options.Context, files)
        : Kubeconfig.Read(Files(options), options.Context, files);

    public bool HasChanged() => _last is not { } last || HasChanged(last);

    public IDisposable? Notify(Action changed)
    {
        var folders = new FolderWatch(changed);
        _folders = folders;
        if (_last is { } last) folders.Follow(last.Files.Paths);
        var data = options.Kubeconfig;
        if (data is not null) data.Replaced += changed;
        return new Notice(() =>
        {
            if (data is not null) data.Replaced -= changed;
            folders.Dispose();
        });
    }

    public async Task<ApiClient> OpenAsync(CancellationToken cancellationToken)
    {
        for (var left = MaxReadings; ; left--)
        {
            var reading = new Reading(new FileReadings(), Paths(), options.Kubeconfig?.Text);
            try
            {
                return await OpenAsync(reading.Files, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeconfigException) when (left > 1 && HasChanged(reading))
            {
                // Files that belong together are replaced one after the other; half of a change is none.
            }
            finally
            {
                _last = reading;
                _folders?.Follow(reading.Files.Paths);
            }
        }
    }

    private static List<string> Files(KubernetesClusterOptions options)
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

    private async Task<ApiClient> OpenAsync(FileReadings files, CancellationToken cancellationToken)
    {
        var settings = UsesPod(options)
            ? Pod(files)
            : await ReadKubeconfig(options, files).BuildAsync(options.RequestTimeout, timeProvider, cancellationToken).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(options.CertificateAuthority)) settings.Configuration.SslCaCerts = CertificateFile.Read(options.CertificateAuthority, files);
        try
        {
            return ApiClient.Create(settings, timeProvider.GetUtcNow());
        }
        catch (Exception e)
        {
            // The client library reads certificates and keys only here.
            throw new KubeconfigException($"the connection to {settings.Configuration.Host} cannot be made: {Kubeconfig.SafeMessage(e)} Look at client-certificate and client-key.", e);
        }
    }

    private bool HasChanged(Reading reading) =>
        options.Kubeconfig?.Text != reading.Data || !Paths().SequenceEqual(reading.Paths, StringComparer.Ordinal) || reading.Files.HaveChanged();

    private List<string> Paths()
    {
        try
        {
            return UsesPod(options) || options.Kubeconfig is not null ? [] : Files(options);
        }
        catch (KubeconfigException)
        {
            return [];
        }
    }

    private static ConnectionSettings Pod(FileReadings files)
    {
        try
        {
            var configuration = KubernetesClientConfiguration.InClusterConfig();
            configuration.TokenProvider = null;
            configuration.AccessToken = files.ReadText($"{PodFolder}/token").Trim();
            if (configuration.AccessToken.Length == 0) throw new KubeconfigException($"{PodFolder}/token is empty.");
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.UTF8.GetString(files.Read($"{PodFolder}/ca.crt")));
            configuration.SslCaCerts = authorities;
            return new ConnectionSettings(configuration);
        }
        catch (Exception e) when (e is KubeConfigException or KubeconfigException or IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubeconfigException($"the pod's own credentials cannot be read: {e.Message}", e);
        }
    }

    private sealed record Reading(FileReadings Files, List<string> Paths, string? Data);

    private sealed class Notice(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
