using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>An identity that is half said, or whose files cannot be used, is refused at the start with the setting and the file.</summary>
public sealed class IdentityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-identity-").FullName;
    private readonly MeshIdentityOptions _identity;

    public IdentityTests()
    {
        var (certificate, key) = Issue("spiffe://example.com/cluster/alpha/app");
        _identity = new MeshIdentityOptions
        {
            TrustDomain = "example.com",
            Certificate = Write("tls.crt", certificate),
            Key = Write("tls.key", key),
            TrustBundle = Write("ca.crt", certificate),
        };
    }

    [Fact]
    public async Task Start_WholeIdentity_IsAccepted() => (await RefusalAsync()).ShouldBeNull();

    [Fact]
    public async Task Start_PartOfIt_NamesWhatIsMissing()
    {
        (_identity.Key, _identity.TrustBundle) = (null, "");

        var refusal = (await RefusalAsync()).ShouldNotBeNull();

        refusal.ShouldContain("Mesh:Identity:Key is not set: TrustDomain, Certificate, Key, TrustBundle go together");
        refusal.ShouldContain("Mesh:Identity:TrustBundle is not set");
        refusal.ShouldNotContain("Mesh:Identity:Certificate is");
    }

    [Fact]
    public async Task Start_BundlesOfClustersAlone_AreNoIdentity()
    {
        (_identity.TrustDomain, _identity.Certificate, _identity.Key) = (null, null, null);
        _identity.TrustBundle = null;
        _identity.ClusterTrustBundles["beta"] = "ca.crt";

        (await RefusalAsync()).ShouldNotBeNull().ShouldContain("Mesh:Identity:TrustDomain is not set");
    }

    [Theory]
    [InlineData("Example.com")]
    [InlineData("example..com")]
    [InlineData("https://example.com")]
    public async Task Start_TrustDomainIsNone_IsRefused(string domain)
    {
        _identity.TrustDomain = domain;

        (await RefusalAsync()).ShouldNotBeNull().ShouldContain($"Mesh:Identity:TrustDomain is '{domain}'");
    }

    [Fact]
    public async Task Start_FilesAreMissingOrHoldSomethingElse_EachIsNamed()
    {
        _identity.Certificate = Path.Combine(_folder, "nowhere.crt");
        (await RefusalAsync()).ShouldNotBeNull().ShouldContain($"Mesh:Identity:Certificate names '{_identity.Certificate}', which cannot be read");

        _identity.Certificate = Write("text.crt", "no certificate");
        (await RefusalAsync()).ShouldNotBeNull().ShouldContain($"Mesh:Identity:Certificate names '{_identity.Certificate}', which cannot be used: no certificate in PEM");
    }

    [Fact]
    public async Task Start_KeyIsAnothers_IsRefused()
    {
        _identity.Key = Write("other.key", Issue("spiffe://example.com/cluster/alpha/app").Key);

        (await RefusalAsync()).ShouldNotBeNull().ShouldContain($"Mesh:Identity:Key names '{_identity.Key}', which holds no private key that belongs to the certificate");
    }

    [Theory]
    [InlineData("spiffe://elsewhere.org/cluster/alpha/app")]
    [InlineData("spiffe://example.com/ns/sales/sa/orders")]
    public async Task Start_CertificateNamesNobodyOfTheTrustDomain_IsRefused(string name)
    {
        var (certificate, key) = Issue(name);
        (_identity.Certificate, _identity.Key) = (Write("other.crt", certificate), Write("other.key", key));

        var refusal = (await RefusalAsync()).ShouldNotBeNull();

        refusal.ShouldContain($"has the URI names {name}: it needs exactly one, spiffe://example.com/cluster/<own cluster>/<role>");
    }

    [Fact]
    public async Task Start_BundleOfAClusterIsWrong_NamesTheCluster()
    {
        _identity.ClusterTrustBundles["beta"] = Write("empty.crt", "");
        (await RefusalAsync()).ShouldNotBeNull().ShouldContain("Mesh:Identity:ClusterTrustBundles:beta names");

        _identity.ClusterTrustBundles.Clear();
        _identity.ClusterTrustBundles["Not A Label"] = "x";
        (await RefusalAsync()).ShouldNotBeNull().ShouldContain("Mesh:Identity:ClusterTrustBundles:Not A Label is not a cluster's name");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string?> RefusalAsync()
    {
        try
        {
            await using var mesh = await TestMesh.StartAsync(mesh: m => m.Configure(o => o.Identity = _identity));
            return null;
        }
        catch (OptionsValidationException e)
        {
            return e.Message;
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (string Certificate, string Key) Issue(string uri)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=workload", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(uri));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
