using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using k8s;

namespace Mesh.Connection;

public sealed class ApiClientTests : IDisposable
{
    private readonly TestCertificateAuthority _authority = new();

    [Fact]
    public void Create_Handler_PingsDecompressesAndOpensMoreConnections()
    {
        var handler = Prepared(new ConnectionSettings(new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" }));

        handler.KeepAlivePingDelay.ShouldBe(TimeSpan.FromSeconds(30));
        handler.KeepAlivePingTimeout.ShouldBe(TimeSpan.FromSeconds(15));
        handler.KeepAlivePingPolicy.ShouldBe(HttpKeepAlivePingPolicy.WithActiveRequests);
        handler.EnableMultipleHttp2Connections.ShouldBeTrue();
        handler.AutomaticDecompression.ShouldBe(DecompressionMethods.All);
        handler.AllowAutoRedirect.ShouldBeFalse();
    }

    [Fact]
    public void Create_CompressionTurnedOff_AsksForNone() =>
        Prepared(new ConnectionSettings(new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" }) { AllowCompression = false })
            .AutomaticDecompression.ShouldBe(DecompressionMethods.None);

    [Fact]
    public async Task Create_Connections_NoticeASilentPeerWithoutHttp2()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var handler = Prepared(new ConnectionSettings(new KubernetesClientConfiguration { Host = "https://127.0.0.1:1" }));
        var connected = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        handler.PlaintextStreamFilter = (context, _) =>
        {
            connected.SetResult(((NetworkStream)context.PlaintextStream).Socket);
            return new(context.PlaintextStream);
        };
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{server.LocalEndpoint}/");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var sending = client.SendAsync(request, stop.Token);
        var socket = await connected.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, stop.Token);

        socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive).ShouldNotBe(0);
        var seconds = Seconds(SocketOptionName.TcpKeepAliveTime) + (Seconds(SocketOptionName.TcpKeepAliveInterval) * Seconds(SocketOptionName.TcpKeepAliveRetryCount));
        seconds.ShouldBe(45);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);

        int Seconds(SocketOptionName option) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, option)!;
    }

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("elsewhere.example", "elsewhere.example")]
    public void HostNameCheck_WhateverTheCallbackBeforeItSays_RefusesAnotherName(string name, string shown)
    {
        using var certificate = _authority.IssueServer([name]);
        var check = new HostNameCheck();
        var callback = Installed(check, static (_, shown, _, _) => shown is not null);

        callback(this, certificate.Certificate, null, SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeFalse();
        check.Refusal!.ShouldContain($"but for {shown}");
        callback(this, certificate.Certificate, null, SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeTrue();
        check.Refusal.ShouldBeNull();
        callback(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable).ShouldBeFalse();
    }

    [Fact]
    public void HostNameCheck_WithoutACallbackBeforeIt_RefusesAnUntrustedChain()
    {
        using var certificate = _authority.IssueServer(["127.0.0.1"]);
        var check = new HostNameCheck();
        var callback = Installed(check, null);

        callback(this, certificate.Certificate, null, SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeFalse();
        check.Refusal!.ShouldContain("not signed by a trusted authority");
        callback(this, certificate.Certificate, null, SslPolicyErrors.None).ShouldBeTrue();
    }

    public void Dispose() => _authority.Dispose();

    private static RemoteCertificateValidationCallback Installed(HostNameCheck check, RemoteCertificateValidationCallback? before)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = before;
        check.Install(handler);
        return handler.SslOptions.RemoteCertificateValidationCallback!;
    }

    // The handler itself is inside the client; the same preparation shows on another.
    private static SocketsHttpHandler Prepared(ConnectionSettings settings)
    {
        ApiClient.Create(settings, default).Release();
        var handler = new SocketsHttpHandler();
        settings.Configuration.FirstMessageHandlerSetup(handler);
        return handler;
    }
}
