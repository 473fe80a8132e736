using System.Net;
using System.Net.Sockets;
using k8s;

namespace Mesh.Connection;

/// <summary>
/// A <see cref="Kubernetes"/> client as a connection. Counted: whoever has a request under way holds it, and only the last to let go of a retired one disposes it.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private readonly Kubernetes _client;
    private readonly bool _isOwned;
    private readonly string? _hostName;
    private readonly HostNameCheck _check;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;
    private readonly CancellationTokenSource _retired = new();
    private int _connections;
    private int _holders = 1;
    private int _doubts;
    private int _verifiedConnections = -1;
    private int _verifiedDoubts = -1;

    private ApiClient(Kubernetes client, bool isOwned, string? hostName, HostNameCheck check, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        _client = client;
        _isOwned = isOwned;
        _hostName = hostName;
        _check = check;
        _headers = headers;
        Retired = _retired.Token;
    }

    /// <summary>When its credentials end; <see langword="null"/> where nobody says.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset MadeAt { get; private init; }

    /// <summary>Ends when another client has taken its place.</summary>
    public CancellationToken Retired { get; }

    /// <summary>Who answered over it; <see langword="null"/> before anybody did.</summary>
    public ClusterIdentity? Identity { get; set; }

    /// <summary>Whether it leads to another cluster than the one before it, until that is connected to: nothing known holds any longer, and nothing is asked by it.</summary>
    public bool LeadsElsewhere { get; set; }

    /// <summary>Whether its credentials were refused.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Whether who answers is known still: nobody had doubts since, and no new connection was made.</summary>
    public bool IsVerified => Volatile.Read(ref _verifiedDoubts) == Volatile.Read(ref _doubts) && Volatile.Read(ref _verifiedConnections) == Connections;

    /// <summary>The doubts so far, to be handed to <see cref="Verified"/>.</summary>
    public int Doubts => Volatile.Read(ref _doubts);

    /// <summary>The server's address, without anything secret.</summary>
    public string Address => _client.BaseUri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private int Connections => Volatile.Read(ref _connections);

    /// <summary>Why the last certificate was refused, or <see langword="null"/>.</summary>
    public string? CertificateRefusal => _check.Refusal;

    public static ApiClient Of(Kubernetes client) => new(client, isOwned: false, null, new HostNameCheck(), []);

    public static ApiClient Create(ConnectionSettings settings, DateTimeOffset now)
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
            if (settings.Proxy is { } proxy) handler.Proxy = proxy;
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
        return made = new ApiClient(client, isOwned: true, configuration.TlsServerName, check, settings.Impersonation) { ExpiresAt = settings.ExpiresAt, MadeAt = now };
    }

    /// <summary>Says that somebody else may answer from now on.</summary>
    public void Doubt() => Interlocked.Increment(ref _doubts);

    /// <summary>Says that the cluster that is expected answered.</summary>
    /// <param name="doubts">The doubts before it was asked.</param>
    public void Verified(int doubts)
    {
        Volatile.Write(ref _verifiedConnections, Connections);
        Volatile.Write(ref _verifiedDoubts, doubts);
    }

    /// <summary>Says that another client has taken its place, and lets go of it: what runs over it ends.</summary>
    public void Retire()
    {
        _ = RetireAsync();
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
        if (Interlocked.Decrement(ref _holders) == 0) Dispose();
    }

    /// <summary>Sends a GET; returns when the headers are in.</summary>
    public async Task<HttpResponseMessage> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, pathAndQuery));
        if (request.RequestUri!.Scheme == Uri.UriSchemeHttps) request.Version = HttpVersion.Version20;
        request.Headers.TryAddWithoutValidation("Accept", accept);

        // The handler takes the name it checks the certificate for from here.
        if (!string.IsNullOrEmpty(_hostName)) request.Headers.Host = _hostName;
        foreach (var (name, value) in _headers) request.Headers.TryAddWithoutValidation(name, value);
        if (_client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    // What ends with it is others' code, and must not hold up the one who changes over.
    private async Task RetireAsync()
    {
        await _retired.CancelAsync().ConfigureAwait(false);
        Release();
    }

    // By whoever lets go of it last.
    void IDisposable.Dispose() => Dispose();

    private void Dispose()
    {
        if (_isOwned) _client.Dispose();
        _retired.Dispose();
    }
}
