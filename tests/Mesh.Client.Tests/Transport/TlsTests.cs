using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mesh.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Transport;

/// <summary>Services over TLS: the name that is sent and checked is the service's, not the endpoint's address.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly List<string?> _names = [];

    [Theory]
    [InlineData(HttpProtocols.Http1, "1.1")]
    [InlineData(HttpProtocols.Http2, "2.0")]
    [InlineData(HttpProtocols.Http1AndHttp2, "2.0")]
    public async Task Send_Https_SendsAndChecksTheServicesName(HttpProtocols protocols, string version)
    {
        using var certificate = _authority.Issue("orders.sales");
        await using var orders = await StartAsync(certificate, protocols);
        await using var mesh = await TestMesh.StartAsync(s => s.Configure<MeshTransportOptions>(o => o.ConfigureTls = _authority.Trust), null, orders);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://orders.sales/") { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        using var response = await mesh.Client().SendAsync(request, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("secure orders.sales");
        response.Version.ToString().ShouldBe(version);
        _names.ShouldBe(["orders.sales"]);
    }

    [Fact]
    public async Task Send_CertificateForAnotherHost_IsRefused()
    {
        using var certificate = _authority.Issue("billing.sales");
        await using var orders = await StartAsync(certificate, HttpProtocols.Http1);
        await using var mesh = await TestMesh.StartAsync(s => s.Configure<MeshTransportOptions>(o => o.ConfigureTls = _authority.Trust), null, orders);

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("https://orders.sales/", Stop));

        error.GetBaseException().ShouldBeOfType<AuthenticationException>().Message.ShouldContain("RemoteCertificateNameMismatch");
        error.Message.ShouldContain("RemoteCertificateNameMismatch");
        orders.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_AuthorityNobodyTrusts_IsRefused()
    {
        using var certificate = _authority.Issue("orders.sales");
        await using var orders = await StartAsync(certificate, HttpProtocols.Http1);
        await using var mesh = await TestMesh.StartAsync(null, null, orders);

        (await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("https://orders.sales/", Stop))).GetBaseException().ShouldBeOfType<AuthenticationException>();
        orders.Count.ShouldBe(0);
    }

    [Fact]
    public async Task ConfigureTransport_OfOneClient_HoldsForItAloneAndEqualSettingsShareConnections()
    {
        using var certificate = _authority.Issue("orders.sales");
        await using var orders = await StartAsync(certificate, HttpProtocols.Http1);
        Action<SslClientAuthenticationOptions> trust = _authority.Trust;
        Action<SslClientAuthenticationOptions> trustToo = options => _authority.Trust(options);
        await using var mesh = await TestMesh.StartAsync(
            services =>
            {
                services.AddHttpClient("one").ConfigureTransport(t => t.ConfigureTls = trust);
                services.AddHttpClient("two").ConfigureTransport(t => t.ConfigureTls = trust);
                services.AddHttpClient("three").ConfigureTransport(t => t.ConfigureTls = trustToo);
            },
            null,
            orders);

        foreach (var (name, connections) in new[] { ("one", 1), ("two", 1), ("three", 2), ("one", 2) })
        {
            (await mesh.Client(name).GetStringAsync("https://orders.sales/", Stop)).ShouldBe("secure orders.sales");
            orders.Connections.Count.ShouldBe(connections, name);
        }

        await Should.ThrowAsync<MeshRoutingException>(mesh.Client("other").GetAsync("https://orders.sales/", Stop));
    }

    [Fact]
    public async Task ConfigureTls_ClientCertificate_IsShownToTheBackend()
    {
        using var certificate = _authority.Issue("orders.sales");
        using var own = _authority.Issue("caller");
        await using var orders = await Backend.StartAsync(
            static app => app.Run(static context => context.Response.WriteAsync($"hello {context.Connection.ClientCertificate?.Subject}")),
            HttpProtocols.Http1,
            null,
            listen => listen.UseHttps(certificate, static https =>
            {
                https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            }));
        await using var mesh = await TestMesh.StartAsync(
            services => services.AddHttpClient("known").ConfigureTransport(t => t.ConfigureTls = options =>
            {
                _authority.Trust(options);
                options.ClientCertificates = [own];
            }),
            null,
            orders);

        (await mesh.Client("known").GetStringAsync("https://orders.sales/", Stop)).ShouldBe("hello CN=caller");
    }

    public void Dispose() => _authority.Dispose();

    private Task<Backend> StartAsync(X509Certificate2 certificate, HttpProtocols protocols) => Backend.StartAsync(
        static app => app.Run(static context => context.Response.WriteAsync($"secure {context.Request.Host}")),
        protocols,
        null,
        listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, name) =>
        {
            _names.Add(name);
            return certificate;
        }));
}
