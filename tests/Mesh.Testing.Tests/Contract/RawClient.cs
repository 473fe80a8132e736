using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace Mesh.Contract;

/// <summary>Requests to an API server as they are, without a typed client in between.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;

    public RawClient(IKubernetesServer server, string identity = "admin")
        : this(server.GetKubeconfig(identity))
    {
    }

    public RawClient(string kubeconfig)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(stream);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(configuration.SslCaCerts);
        if (configuration.ClientCertificateData is { } certificate)
        {
            var pem = Encoding.UTF8.GetString(Convert.FromBase64String(certificate));
            var key = Encoding.UTF8.GetString(Convert.FromBase64String(configuration.ClientCertificateKeyData));
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(pem, key)];
        }

        _http = new HttpClient(handler) { BaseAddress = new Uri(configuration.Host), Timeout = TimeSpan.FromSeconds(60) };
        if (configuration.AccessToken is { } token) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version20;

    public async Task<(HttpStatusCode Code, JsonObject Body)> SendAsync(
        string method, string path, string? body = null, string mediaType = "application/json")
    {
        using var response = await OpenAsync(method, path, body, mediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    public Task<(HttpStatusCode Code, JsonObject Body)> GetAsync(string path) => SendAsync("GET", path);

    public Task<HttpResponseMessage> OpenAsync(string method, string path, string? body = null, string mediaType = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Version = HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType),
        };
        request.Headers.Accept.ParseAdd("application/json");
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async Task<RawWatch> WatchAsync(string path)
    {
        var response = await OpenAsync("GET", path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new RawWatch(response);
    }

    public void Dispose() => _http.Dispose();
}
