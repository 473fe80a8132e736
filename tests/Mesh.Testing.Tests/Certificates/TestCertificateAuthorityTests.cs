using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Certificates;

public sealed class TestCertificateAuthorityTests
{
    [Theory]
    [InlineData("api.example", true)]
    [InlineData("one.pods.example", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("other.example", false)]
    public async Task IssueServer_HandshakeByName_AcceptsOnlyIssuedNames(string target, bool accepted)
    {
        using var authority = new TestCertificateAuthority();
        using var server = authority.IssueServer("api.example", "*.pods.example", "127.0.0.1");

        (await HandshakeAsync(authority, server, target)).ShouldBe(accepted ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    [Theory]
    [InlineData(TestCertificateValidity.Current, SslPolicyErrors.None)]
    [InlineData(TestCertificateValidity.Expired, SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData(TestCertificateValidity.NotYet, SslPolicyErrors.RemoteCertificateChainErrors)]
    public async Task IssueServer_Validity_IsSeenByTheClient(TestCertificateValidity validity, SslPolicyErrors expected)
    {
        using var authority = new TestCertificateAuthority();
        using var server = authority.IssueServer(["api.example"], validity);

        (await HandshakeAsync(authority, server, "api.example")).ShouldBe(expected);
    }

    [Fact]
    public async Task IssueServer_OtherAuthority_IsNotTrusted()
    {
        using var trusted = new TestCertificateAuthority();
        using var other = new TestCertificateAuthority();
        using var server = other.IssueServer("api.example");

        (await HandshakeAsync(trusted, server, "api.example")).ShouldBe(SslPolicyErrors.RemoteCertificateChainErrors);
    }

    [Fact]
    public void IssueServer_NoNames_IsRefused()
    {
        using var authority = new TestCertificateAuthority();

        Should.Throw<ArgumentException>(() => authority.IssueServer()).Message.ShouldContain("at least one DNS name");
    }

    [Fact]
    public void IssueClient_UserAndGroups_AreTheSubject()
    {
        using var authority = new TestCertificateAuthority();
        using var client = authority.IssueClient("system:node:n1, the first", "system:nodes", "readers");

        client.Certificate.GetNameInfo(X509NameType.SimpleName, false).ShouldBe("system:node:n1, the first");
        client.Certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => part.GetSingleElementType().Value == "2.5.4.10")
            .Select(part => part.GetSingleElementValue()).ShouldBe(["system:nodes", "readers"], ignoreOrder: true);
    }

    [Fact]
    public void Validity_IsCountedFromTheGivenClock()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 5, 1, 0, 0, 0, TimeSpan.Zero));
        using var authority = new TestCertificateAuthority(time: time);
        using var server = authority.IssueServer("api.example");

        server.Certificate.NotAfter.ToUniversalTime().Year.ShouldBe(2032);
    }

    [Fact]
    public void Pem_CertificateAndKey_MakeTheSameCertificate()
    {
        using var authority = new TestCertificateAuthority();
        using var server = authority.IssueServer("api.example");
        using var read = X509Certificate2.CreateFromPem(server.CertificatePem, server.KeyPem);

        read.Thumbprint.ShouldBe(server.Certificate.Thumbprint);
        read.HasPrivateKey.ShouldBeTrue();
        authority.CertificatePem.ShouldNotContain("PRIVATE");
    }

    private static async Task<SslPolicyErrors> HandshakeAsync(TestCertificateAuthority authority, TestCertificate server, string target)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(cancellationToken);
        await using var serverSide = new SslStream(accepted.GetStream());
        await using var clientSide = new SslStream(client.GetStream());
        var seen = SslPolicyErrors.None;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority.Certificate);
        var serving = serverSide.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, cancellationToken);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = target,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, _, _, errors) => (seen = errors) == SslPolicyErrors.None,
        };
        var connecting = clientSide.AuthenticateAsClientAsync(options, cancellationToken);
        if (await Record.ExceptionAsync(() => connecting) is { } refused) refused.ShouldBeOfType<AuthenticationException>();
        else await serving;
        return seen;
    }
}
