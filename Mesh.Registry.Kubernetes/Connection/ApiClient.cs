using System.Net;
using System.Net.Sockets;
using k8s;

namespace Mesh.Connection;

/// <summary>
/// A <see cref="Kubernetes"/> client as a connection. Counted: whoever has a request under way holds it, and only the last to let go of a retired one disposes it.
/// </summary>
internal sealed class ApiClient
{
    private readonly Kubernetes _client;
    private readonly bool _isOwned;
    private readonly string? _hostName;
    private readonly HostNameCheck _check;
    private int _connections;
    private int _holders = 1;

    private ApiClient(Kubernetes client, bool isOwned, string? hostName, HostNameCheck check)
    {
        _client = client;
        _isOwned = isOwned;
        _hostName = hostName;
        _check = check;
    }

    /// <summary>The server's address, without anything secret.</summary>
    public string Address => _client.BaseUri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>How many connections were made: another number than before means that somebody else may have answered.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Why the last certificate was refused, or <see langword="null"/>.</summary>
    public string? CertificateRefusal => _check.Refusal;

    public static ApiClient Of(Kubernetes client) => new(client, isOwned: false, null, new HostNameCheck());

    public static ApiClient Create(ConnectionSettings settings)
    {
        var configuration = settings.Configuration;
        SocketsHttpHandler? handler = null;
        ApiClient? made = null;
        configuration.FirstMessageHandlerSetup = h =>
        {
            handler = (SocketsHttpHandler)h;
            handler.AutomaticDecompression = settings.AllowCompression ? DecompressionMethods.All : DecompressionMethods.None;
            handler.EnableMultipleHttp2Connections = true;
            handler.UseCookies = false;
            handler.AllowAutoRedirect = false;
            handler.ConnectTimeout = TimeSpan.FromSeconds(10);

            // A connection whose other end is gone shows itself within 45 s.
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            handler.ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = ApiSocket.Create();
                try
                {
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
                    Interlocked.Increment(ref made!._connections);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        };
        var client = new Kubernetes(configuration);
        var check = new HostNameCheck();
        if (client.BaseUri.Scheme == Uri.UriSchemeHttps && !configuration.SkipTlsVerify) check.Install(handler!);
        return made = new ApiClient(client, isOwned: true, configuration.TlsServerName, check);
    }

    /// <summary>Takes hold of it; <see langword="false"/> where it is disposed already.</summary>
    public bool TryHold()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == 0) return false;
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders) return true;
        }
    }

    /// <summary>Lets go of it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && _isOwned) _client.Dispose();
    }

    /// <summary>Sends a GET; returns when the headers are in.</summary>
    public async Task<HttpResponseMessage> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, pathAndQuery));
        if (request.RequestUri!.Scheme == Uri.UriSchemeHttps) request.Version = HttpVersion.Version20;
        request.Headers.TryAddWithoutValidation("Accept", accept);

        // The handler takes the name it checks the certificate for from here.
        if (!string.IsNullOrEmpty(_hostName)) request.Headers.Host = _hostName;
        if (_client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }
}
