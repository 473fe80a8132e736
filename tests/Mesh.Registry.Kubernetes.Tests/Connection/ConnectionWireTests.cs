using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mesh.Connector;
using Mesh.Servers;
using Mesh.Watch;
using Microsoft.AspNetCore.Http;

namespace Mesh.Connection;

/// <summary>What of a kubeconfig's fields goes over the wire, and to whom.</summary>
public sealed class ConnectionWireTests
{
    private readonly ConcurrentQueue<string> _headers = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Impersonation_IsSaidWithEachRequest()
    {
        await using var server = await WireServer.StartAsync(AnswerAsync);
        Change(server, "    token: t", """
                token: t
                as: jane
                as-uid: u-7
                as-groups: [ 'team a' ]
                as-user-extra: { scopes: [ read ], example.com/why: [ test ] }
            """);
        using var connection = Connect(server.KubeconfigPath);

        await (await connection.GetAsync("api/v1/services", "application/json", Token)).DisposeAsync();

        var headers = _headers.Single();
        headers.ShouldContain("Authorization=Bearer t;");
        headers.ShouldContain("Impersonate-User=jane;");
        headers.ShouldContain("Impersonate-Uid=u-7;");
        headers.ShouldContain("Impersonate-Group=team a;");
        headers.ShouldContain("Impersonate-Extra-scopes=read;");
        headers.ShouldContain("Impersonate-Extra-example.com%2Fwhy=test;");
    }

    [Fact]
    public async Task ProxyUrl_IsTheWayThatIsTaken()
    {
        await using var server = await WireServer.StartAsync(AnswerAsync);
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var asked = new ConcurrentQueue<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var serving = ServeAsync(proxy, asked, stop.Token);
        Change(server, "    token: t", "    token: t");
        Change(server, "  cluster:\n", $"  cluster:\n    proxy-url: 'http://me:sesame@{proxy.LocalEndpoint}'\n");
        using (var connection = Connect(server.KubeconfigPath))
        {
            await (await connection.GetAsync("api/v1/services", "application/json", Token)).DisposeAsync();
        }

        asked.ShouldContain(a => a.StartsWith($"CONNECT {server.Address.Authority} ", StringComparison.Ordinal));
        asked.ShouldContain(a => a.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:sesame"))}", StringComparison.Ordinal));
        _headers.Single().ShouldNotContain("Proxy-Authorization");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(serving);
    }

    [Fact]
    public async Task ProxyUrl_OfAProxyThatRefuses_IsToldWithoutItsPassword()
    {
        await using var server = await WireServer.StartAsync(AnswerAsync);
        Change(server, "  cluster:\n", "  cluster:\n    proxy-url: 'http://me:sesame@127.0.0.1:1'\n");
        using var connection = Connect(server.KubeconfigPath);

        var failure = await Should.ThrowAsync<WatchTransportException>(connection.ConnectAsync(Token));

        failure.Kind.ShouldBe(WatchFailureKind.Unreachable);
        failure.ToString().ShouldNotContain("sesame");
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_ToAnotherHost_IsNotFollowed(int status)
    {
        await using var other = await WireServer.StartAsync(AnswerAsync);
        await using var server = await WireServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = new Uri(other.Address, context.Request.Path + context.Request.QueryString).ToString();
            return Task.CompletedTask;
        });
        await using var mesh = new TestMesh();
        Microsoft.Extensions.DependencyInjection.KubernetesMeshBuilderExtensions.AddKubernetesCluster(mesh, "alpha", o => o.KubeconfigPath = server.KubeconfigPath);
        mesh.Start();

        await mesh.UntilAsync(() => mesh["alpha"].Failure is not null);

        mesh["alpha"].Failure!.ShouldContain(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        other.Connections.ShouldBeEmpty();
    }

    [Fact]
    public async Task Authorities_OldAndNewTogether_AreBothTrusted()
    {
        await using var first = await WireServer.StartAsync(AnswerAsync);
        await using var second = await WireServer.StartAsync(AnswerAsync);
        var both = string.Join('\n', new[] { first, second }.Select(static s => Encoding.UTF8.GetString(Convert.FromBase64String(Authority(s)))));
        var bundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(both));
        foreach (var server in new[] { first, second })
        {
            Change(server, Authority(server), bundle);
            using var connection = Connect(server.KubeconfigPath);

            (await connection.ConnectAsync(Token)).Uid.ShouldBe("wire-uid");
        }
    }

    private static string Authority(WireServer server) => File.ReadLines(server.KubeconfigPath).Single(static l => l.Contains("-data:", StringComparison.Ordinal)).Split(':')[1].Trim();

    private static void Change(WireServer server, string old, string text)
    {
        var before = File.ReadAllText(server.KubeconfigPath);
        before.ShouldContain(old);
        File.WriteAllText(server.KubeconfigPath, before.Replace(old, text, StringComparison.Ordinal));
    }

    private static ApiConnection Connect(string kubeconfig) => new(
        new ConfiguredConnection(new KubernetesClusterOptions { KubeconfigPath = kubeconfig }, TimeProvider.System), new IdentityReader(null), TimeSpan.FromSeconds(30), TimeProvider.System, new Random(1));

    // A proxy that asks for a password first, as most do.
    private static async Task ServeAsync(TcpListener listener, ConcurrentQueue<string> asked, CancellationToken cancellationToken)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = TunnelAsync(client, asked, cancellationToken);
        }
    }

    private static async Task TunnelAsync(TcpClient client, ConcurrentQueue<string> asked, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            {
                var near = client.GetStream();
                while (true)
                {
                    var head = await ReadHeadAsync(near, cancellationToken);
                    asked.Enqueue(head);
                    if (head.Contains("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
                    {
                        using var far = new TcpClient();
                        await far.ConnectAsync(IPEndPoint.Parse(head.Split(' ')[1]), cancellationToken);
                        await near.WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), cancellationToken);
                        await Task.WhenAny(near.CopyToAsync(far.GetStream(), cancellationToken), far.GetStream().CopyToAsync(near, cancellationToken));
                        return;
                    }

                    await near.WriteAsync("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0) throw new IOException("closed");
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private Task AnswerAsync(HttpContext context)
    {
        _headers.Enqueue(string.Concat(context.Request.Headers.Select(static h => $"{h.Key}={string.Join(',', h.Value.ToArray())};")));
        return context.Response.WriteAsync("""{"metadata":{"resourceVersion":"1"},"items":[]}""");
    }
}
