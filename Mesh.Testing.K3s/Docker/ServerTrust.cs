using System.Text;
using k8s;

namespace Mesh.Docker;

/// <summary>Whom a server in a container trusts, and who trusts it.</summary>
internal static class ServerTrust
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    // K3s keeps the authorities of its clients in the first; what stands in for it where there is no K3s image, in the second.
    private static readonly string[] ClientAuthorities = ["/var/lib/rancher/k3s/server/tls/client-ca.crt", "/var/lib/rancher/k3s/ca.crt"];

    /// <summary>The authority of its certificate, as PEM, as soon as it has one: from the kubeconfig that it writes for its administrator.</summary>
    public static async Task<string> AuthorityAsync(ServerContainer container, CancellationToken cancellationToken)
    {
        var kubeconfig = await UntilAsync(() => container.TryReadAsync("/etc/rancher/k3s/k3s.yaml", cancellationToken), cancellationToken).ConfigureAwait(false);
        using var stream = new MemoryStream(kubeconfig);
        var configuration = await KubernetesYaml.LoadFromStreamAsync<k8s.KubeConfigModels.K8SConfiguration>(stream).ConfigureAwait(false);
        return Encoding.UTF8.GetString(Convert.FromBase64String(configuration.Clusters.First().ClusterEndpoint.CertificateAuthorityData));
    }

    /// <summary>Makes it trust one more authority of clients. kube-apiserver looks whether the file has changed, so nothing is started anew.</summary>
    public static async Task AddClientAuthorityAsync(ServerContainer container, TestCertificateAuthority authority, CancellationToken cancellationToken)
    {
        var (path, present) = await UntilAsync(FindAsync, cancellationToken).ConfigureAwait(false);
        await container.WriteAsync(path, [.. present, (byte)'\n', .. Encoding.UTF8.GetBytes(authority.CertificatePem)], cancellationToken).ConfigureAwait(false);

        async Task<Tuple<string, byte[]>?> FindAsync()
        {
            foreach (var candidate in ClientAuthorities)
            {
                if (await container.TryReadAsync(candidate, cancellationToken).ConfigureAwait(false) is { } content) return Tuple.Create(candidate, content);
            }

            return null;
        }
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> find, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (await find().ConfigureAwait(false) is { } found) return found;
            await Task.Delay(LookAgain, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }
}
