using System.Net;
using System.Net.Security;
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
        ApiClient.Create(settings).Release();
        var handler = new SocketsHttpHandler();
        settings.Configuration.FirstMessageHandlerSetup(handler);
        return handler;
    }
}
