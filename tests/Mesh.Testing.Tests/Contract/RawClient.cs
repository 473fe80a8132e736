using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
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
    private int _connections;

    public RawClient(IKubernetesServer server, string identity = "admin")
        : this(server.GetKubeconfig(identity))
    {
    }

    public RawClient(string kubeconfig)
        : this(kubeconfig, null)
    {
    }

    /// <summary>A client that presents this token, or nothing, instead of the credentials of a kubeconfig.</summary>
    public static RawClient WithToken(IKubernetesServer server, string? token) => new(server.GetKubeconfig(), () => token);

    private RawClient(string kubeconfig, Func<string?>? credentials)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(stream);
        var handler = new SocketsHttpHandler { ConnectCallback = DialAsync };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(configuration.SslCaCerts);
        if (credentials is null && configuration.ClientCertificateData is { } certificate)
        {
            var pem = Encoding.UTF8.GetString(Convert.FromBase64String(certificate));
            var key = Encoding.UTF8.GetString(Convert.FromBase64String(configuration.ClientCertificateKeyData));
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(pem, key)];
        }

        _http = new HttpClient(handler) { BaseAddress = new Uri(configuration.Host), Timeout = TimeSpan.FromSeconds(60) };
        if ((credentials is null ? configuration.AccessToken : credentials()) is { } bearer) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
    }

    /// <summary>How many connections it has dialled.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version20;

    public async Task<(HttpStatusCode Code, JsonObject Body)> SendAsync(
        string method, string path, string? body = null, string mediaType = "application/json")
    {
        using var response = await OpenAsync(method, path, body, mediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    public Task<(HttpStatusCode Code, JsonObject Body)> GetAsync(string path) => SendAsync("GET", path);

    public Task<HttpResponseMessage> OpenAsync(
        string method, string path, string? body = null, string mediaType = "application/json", Action<HttpRequestMessage>? prepare = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Version = HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType),
        };
        request.Headers.Accept.ParseAdd("application/json");
        prepare?.Invoke(request);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async Task<RawWatch> WatchAsync(string path)
    {
        var response = await OpenAsync("GET", path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new RawWatch(response);
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
