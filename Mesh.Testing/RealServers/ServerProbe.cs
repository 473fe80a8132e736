using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Mesh.RealServers;

/// <summary>Asks an API server, as administrator, how it is.</summary>
internal sealed class ServerProbe : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client;

    public ServerProbe(Uri address, TestCertificate administrator, X509Certificate2 authority)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,

            // Whom a server trusts may have changed since a connection was made.
            PooledConnectionLifetime = TimeSpan.FromSeconds(1),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [administrator.Certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
    }

    public Task UntilReadyAsync(CancellationToken cancellationToken) => UntilFoundAsync("readyz", cancellationToken);

    /// <summary>Pods can be created from then on.</summary>
    public Task UntilDefaultAccountAsync(CancellationToken cancellationToken) =>
        UntilFoundAsync("api/v1/namespaces/default/serviceaccounts/default", cancellationToken);

    /// <summary>The git version that it reports, such as <c>v1.37.2+k3s1</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(new Uri("version", UriKind.Relative), cancellationToken).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        using var version = await JsonDocument.ParseAsync(
            await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);
        return version.RootElement.GetProperty("gitVersion").GetString()!;
    }

    /// <summary>Whether a watch may begin with the present state: a server that cannot refuses the parameter.</summary>
    public async Task<bool> HasWatchListAsync(CancellationToken cancellationToken)
    {
        const string Path = "api/v1/namespaces?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1";
        using var answer = await _client.GetAsync(new Uri(Path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccessStatusCode;
    }

    public void Dispose() => _client.Dispose();

    private async Task UntilFoundAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not listening yet, or too busy to answer.
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }
}
