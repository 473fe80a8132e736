using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Mesh.GatewayWorld;

namespace Mesh;

/// <summary>Who a gateway and an app say that they are, and what becomes of those who are somebody else, or nobody.</summary>
public class GatewayIdentityTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("wrong cluster", "its certificate is of spiffe://mesh.test/cluster/gamma/ingress, and spiffe://mesh.test/cluster/beta/ingress alone is wanted")]
    [InlineData("two names", "its certificate is of spiffe://mesh.test/cluster/beta/ingress and spiffe://mesh.test/cluster/gamma/ingress, and spiffe://mesh.test/cluster/beta/ingress alone is wanted")]
    [InlineData("expired", "a certificate that it showed is not valid now")]
    [InlineData("unknown authority", "its certificate was issued by 'CN=stranger', which is none of the authorities of")]
    public async Task Handshake_GatewayIsNotWhoIsMeant_FailsWithOneLineThatSaysWhy(string what, string why)
    {
        await using var mesh = await StartAsync(gateways: 1);
        using var stranger = new TestCertificateAuthority("stranger");
        const string Beta = "spiffe://mesh.test/cluster/beta/ingress";
        mesh["beta"].Gateways[0].Certificate = what switch
        {
            "wrong cluster" => mesh.Authority.IssueIdentity("spiffe://mesh.test/cluster/gamma/ingress"),
            "two names" => mesh.Authority.IssueIdentity(Beta, TestCertificateValidity.Current, "spiffe://mesh.test/cluster/gamma/ingress"),
            "expired" => mesh.Authority.IssueIdentity(Beta, TestCertificateValidity.Expired),
            _ => stranger.IssueIdentity(Beta),
        };
        await using var app = App(mesh);

        var results = await SendAsync(app, 5, Url, atOnce: 1);

        results.ShouldAllFail();
        results[0].Error.ShouldNotBeNull().Message.ShouldContain(why);
        await app.WaitUntilAsync(() => app.Logs.Any(static l => l.Event.Id == 1312), Stop);
        app.Logs.Where(static l => l.Event.Id == 1312).ShouldHaveSingleItem().Message.ShouldContain(why);
        mesh["beta"].Gateways[0].Arrived.ShouldBe(0);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Handshake_ClusterHasAuthoritiesOfItsOwn_NoOtherMaySpeakForIt(bool isByItsOwn)
    {
        await using var mesh = await StartAsync(gateways: 1);
        using var own = new TestCertificateAuthority("beta's own");
        if (isByItsOwn)
        {
            mesh["beta"].Gateways[0].Certificate = own.IssueIdentity("spiffe://mesh.test/cluster/beta/ingress");
        }

        await using var app = App(mesh, o => o.ConfigureMesh(m => m.Configure(c =>
        {
            var bundle = c.Identity.TrustBundle + ".beta";
            File.WriteAllText(bundle, own.CertificatePem);
            c.Identity.ClusterTrustBundles["beta"] = bundle;
        })));

        var results = await SendAsync(app, 3, Url, atOnce: 1);

        if (isByItsOwn)
        {
            results.ShouldAllBeServedBy("beta");
        }
        else
        {
            results.ShouldAllFail();
            results[0].Error.ShouldNotBeNull().Message.ShouldContain("that may speak for cluster 'beta'");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Handshake_GatewayDoesNotAcceptTheApp_FailsWithTheOwnIdentityInTheReason()
    {
        await using var mesh = await StartAsync(gateways: 1);
        using var stranger = new TestCertificateAuthority("stranger");
        using var forged = stranger.IssueIdentity("spiffe://mesh.test/cluster/alpha/app");
        await using var app = App(mesh, o => o.ConfigureMesh(m => m.Configure(c =>
        {
            File.WriteAllText(c.Identity.Certificate!, forged.CertificatePem);
            File.WriteAllText(c.Identity.Key!, forged.KeyPem);
        })));

        var results = await SendAsync(app, 3, Url, atOnce: 1);

        results.ShouldAllFail();
        results[0].Error.ShouldNotBeNull().Message.ShouldContain("spiffe://mesh.test/cluster/alpha/app");
        mesh["beta"].Gateways[0].Arrived.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Identity_NoneIsSet_TheClusterIsOutOfReachAndTheReasonNamesTheSetting()
    {
        await using var mesh = await StartAsync();
        await using var app = App(mesh, static o => o.HasIdentity = false);

        var results = await SendAsync(app, 1, Url);

        results.ShouldAllFail();
        results[0].Error.ShouldNotBeNull().Message.ShouldContain("set Mesh:Identity (TrustDomain, Certificate, Key, TrustBundle)");
    }

    [Fact(Timeout = 60_000)]
    public async Task Identity_FilesChange_TheNextConnectionShowsTheNewOne()
    {
        await using var mesh = await StartAsync(gateways: 1);
        var files = new Files();
        await using var app = App(mesh, files.AddTo);
        (await SendAsync(app, 1, Url)).ShouldAllBeServedBy("beta");
        using var renewed = mesh.Authority.IssueIdentity("spiffe://mesh.test/cluster/alpha/renewed");
        await File.WriteAllTextAsync(files.Identity.Certificate!, renewed.CertificatePem, Stop);
        await File.WriteAllTextAsync(files.Identity.Key!, renewed.KeyPem, Stop);
        files.Time.Advance(TimeSpan.FromSeconds(2));
        await mesh["beta"].Gateways[0].StopAsync();
        await mesh["beta"].Gateways[0].StartAsync(Stop);

        await SendUntilAsync(app, () => mesh["beta"].Gateways[0].Received.Any(static r => r.Peer == "spiffe://mesh.test/cluster/alpha/renewed"));

        app.Logs.Count(static l => l.Event.Id == 1314).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Identity_FilesCannotBeUsed_ShowsUntilTheyCanWithoutAnyConnection()
    {
        await using var mesh = await StartAsync(gateways: 1);
        var files = new Files();
        await using var app = App(mesh, files.AddTo);
        (await SendAsync(app, 1, Url)).ShouldAllBeServedBy("beta");
        Degraded(app, "identity_unusable").ShouldBe("0");
        var whole = await File.ReadAllTextAsync(files.Identity.Certificate!, Stop);

        await File.WriteAllTextAsync(files.Identity.Certificate!, "rubbish", Stop);
        files.Time.Advance(TimeSpan.FromSeconds(2));
        await mesh["beta"].Gateways[0].StopAsync();
        await mesh["beta"].Gateways[0].StartAsync(Stop);
        await SendUntilAsync(app, () => app.Logs.Any(static l => l.Event.Id == 1315));
        Degraded(app, "identity_unusable").ShouldBe("1");

        await File.WriteAllTextAsync(files.Identity.Certificate!, whole, Stop);
        files.Time.Advance(TimeSpan.FromSeconds(2));
        Degraded(app, "identity_unusable").ShouldBe("0");
        app.Logs.Count(static l => l.Event.Id == 1318).ShouldBe(1);
    }

    /// <summary>The files of the app's identity, and the clock by which they are looked at.</summary>
    private sealed class Files
    {
        public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

        public MeshIdentityOptions Identity { get; private set; } = new();

        public void AddTo(FixtureAppOptions options)
        {
            options.TimeProvider = Time;
            options.ConfigureMesh(m => m.Configure(c => Identity = c.Identity));
        }
    }
}
