using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Mesh.Backends;

public sealed class BackendTests
{
    private const int Bound = 60_000;

    private static readonly BackendIdentity Orders1 = new(ServiceName.Parse("orders.sales"), "alpha", "orders-1", "n1", "eu-1");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(Timeout = Bound)]
    [InlineData(BackendProtocols.Http1, "1.1")]
    [InlineData(BackendProtocols.Http2, "2.0")]
    [InlineData(BackendProtocols.Tls, "2.0")]
    [InlineData(BackendProtocols.Tls, "1.1")]
    public async Task Get_AnyProtocol_SaysWhoServed(BackendProtocols protocols, string version)
    {
        using var authority = new TestCertificateAuthority();
        using var certificate = authority.IssueServer("127.0.0.1");
        await using var backend = await Backend.StartAsync(
            new BackendOptions { Identity = Orders1, Protocols = protocols, Certificate = certificate.Certificate }, Cancelled);
        using var client = Client(backend, version, authority.Certificate);

        using var response = await client.GetAsync(new Uri("/items/7", UriKind.Relative), Cancelled);

        response.Version.ShouldBe(Version.Parse(version));
        BackendIdentity.Read(response).ShouldBe(Orders1);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        body.RootElement.GetProperty("pod").GetString().ShouldBe("orders-1");
        body.RootElement.GetProperty("path").GetString().ShouldBe("/items/7");
        backend.Served.ShouldBe(1);
    }

    [Fact(Timeout = Bound)]
    public async Task Start_TlsWithoutCertificate_IsRefused() =>
        (await Should.ThrowAsync<ArgumentException>(() => Backend.StartAsync(new BackendOptions { Identity = Orders1, Protocols = BackendProtocols.Tls }, Cancelled)))
            .Message.ShouldContain("orders-1");

    [Fact(Timeout = Bound)]
    public async Task GrpcCall_MessageComesBackWithStatusInTrailers()
    {
        await using var backend = await StartAsync(BackendProtocols.Http2);
        using var client = Client(backend, "2.0");
        byte[] frame = [0, 0, 0, 0, 2, 8, 1];

        using var response = await client.SendAsync(Grpc(frame), Cancelled);

        (await response.Content.ReadAsByteArrayAsync(Cancelled)).ShouldBe(frame);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
        BackendIdentity.Read(response).ShouldBe(Orders1);
    }

    [Fact(Timeout = Bound)]
    public async Task GrpcCall_Error_IsUnavailable()
    {
        await using var backend = await StartAsync(BackendProtocols.Http2);
        backend.Faults.ErrorRate = 1;
        using var client = Client(backend, "2.0");

        using var response = await client.SendAsync(Grpc([0, 0, 0, 0, 0]), Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("grpc-status").ShouldBe(["14"]);
    }

    [Fact(Timeout = Bound)]
    public async Task ErrorRate_SameSeed_SameErrors()
    {
        var first = await StatusesAsync(seed: 7);

        (await StatusesAsync(seed: 7)).ShouldBe(first);
        (await StatusesAsync(seed: 8)).ShouldNotBe(first);
        first.Count(status => status == HttpStatusCode.BadGateway).ShouldBeInRange(5, 25);
    }

    [Fact(Timeout = Bound)]
    public async Task Hang_RequestsArriveAndAreAnsweredWhenCleared()
    {
        await using var backend = await StartAsync();
        using var client = Client(backend);
        backend.Faults.Hang();

        var request = client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        await UntilAsync(() => backend.InFlight == 1);
        backend.Served.ShouldBe(0);
        request.IsCompleted.ShouldBeFalse();
        backend.Faults.Clear();

        (await request).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UntilAsync(() => backend.InFlight == 0);
    }

    [Fact(Timeout = Bound)]
    public async Task Hang_ClientGivesUp_RequestLeavesTheBackend()
    {
        await using var backend = await StartAsync();
        using var client = Client(backend);
        backend.Faults.Hang();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var request = client.GetAsync(new Uri("/", UriKind.Relative), patience.Token);
        await UntilAsync(() => backend.InFlight == 1);
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(request);
        await UntilAsync(() => backend.InFlight == 0);
        backend.Served.ShouldBe(0);
    }

    [Fact(Timeout = Bound)]
    public async Task Latency_AnswersWhenItsClockSaysSo()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var backend = await Backend.StartAsync(new BackendOptions { Identity = Orders1, TimeProvider = time }, Cancelled);
        backend.Faults.Latency = TimeSpan.FromMinutes(1);
        using var client = Client(backend);

        var request = client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        await UntilAsync(() => backend.InFlight == 1);
        while (!request.IsCompleted)
        {
            request.IsCompleted.ShouldBeFalse();
            time.Advance(TimeSpan.FromSeconds(20));
            await Task.WhenAny(request, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled));
        }

        (await request).StatusCode.ShouldBe(HttpStatusCode.OK);
        (time.GetUtcNow() - time.Start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [Fact(Timeout = Bound)]
    public async Task Kill_RequestsInItAreResetAndItsPortRefuses()
    {
        await using var backend = await StartAsync();
        using var client = Client(backend);
        backend.Faults.Hang();
        var request = client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        await UntilAsync(() => backend.InFlight == 1);

        await backend.KillAsync();

        var error = await Should.ThrowAsync<HttpRequestException>(request);
        error.InnerException?.GetBaseException().ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("/", UriKind.Relative), Cancelled));
        refused.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        backend.IsEnded.ShouldBeTrue();
        backend.Connections.ShouldBe(0);
    }

    [Fact(Timeout = Bound)]
    public async Task Kill_IdleConnection_IsResetAtOnce()
    {
        await using var backend = await StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(backend.EndPoint, Cancelled);
        await UntilAsync(() => backend.Connections == 1);

        await backend.KillAsync();

        (await Should.ThrowAsync<SocketException>(async () => await socket.ReceiveAsync(new byte[1], Cancelled)))
            .SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact(Timeout = Bound)]
    public async Task Stop_AnswersWhatIsInIt()
    {
        await using var backend = await StartAsync();
        using var client = Client(backend);
        backend.Faults.Hang();
        var request = client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        await UntilAsync(() => backend.InFlight == 1);

        var stopping = backend.StopAsync(Cancelled);
        stopping.IsCompleted.ShouldBeFalse();
        backend.Faults.Clear();

        (await request).StatusCode.ShouldBe(HttpStatusCode.OK);
        await stopping;
    }

    private static async Task<IReadOnlyList<HttpStatusCode>> StatusesAsync(int seed)
    {
        await using var backend = await Backend.StartAsync(new BackendOptions { Identity = Orders1, Seed = seed }, Cancelled);
        backend.Faults.ErrorRate = 0.5;
        backend.Faults.ErrorStatus = HttpStatusCode.BadGateway;
        using var client = Client(backend);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            using var response = await client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }

    private static Task<Backend> StartAsync(BackendProtocols protocols = BackendProtocols.Http1) =>
        Backend.StartAsync(new BackendOptions { Identity = Orders1, Protocols = protocols }, Cancelled);

    private static HttpRequestMessage Grpc(byte[] frame)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/greet.Greeter/SayHello", UriKind.Relative))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        return request;
    }

    private static HttpClient Client(Backend backend, string version = "1.1", X509Certificate2? authority = null)
    {
        var handler = new SocketsHttpHandler();
        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        var scheme = backend.Protocols == BackendProtocols.Tls ? "https" : "http";
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"{scheme}://{backend.EndPoint}"),
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);
    }
}
