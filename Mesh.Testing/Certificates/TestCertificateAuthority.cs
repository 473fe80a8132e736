using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Certificates;

namespace Mesh;

/// <summary>
/// A small certificate authority for tests: ECDSA P-256, in memory, good for nothing outside the test that made it.
/// Safe for concurrent use.
/// </summary>
public sealed class TestCertificateAuthority : IDisposable
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes a new authority, with a key of its own, valid for ten years.</summary>
    /// <param name="name">Its common name. Default: <c>mesh test ca</c>.</param>
    /// <param name="time">Where validity is counted from. Default: the system clock.</param>
    public TestCertificateAuthority(string name = "mesh test ca", TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _time = time ?? TimeProvider.System;
        Name = name;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(DistinguishedName.Of(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = _time.GetUtcNow();
        _certificate = request.CreateSelfSigned(now - ClockSkew, now.AddYears(10));
        Certificate = X509CertificateLoader.LoadCertificate(_certificate.RawDataMemory.Span);
        CertificatePem = Certificate.ExportCertificatePem();
    }

    /// <summary>Its common name.</summary>
    public string Name { get; }

    /// <summary>Its certificate, without the key: what a client trusts.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The same certificate as PEM.</summary>
    public string CertificatePem { get; }

    /// <summary>Issues a server certificate.</summary>
    /// <param name="names">
    /// What it is valid for: DNS names (a leading <c>*.</c> is allowed) and IP addresses, at least one. The first is also its common name. A
    /// certificate for the wrong host is one issued for another name.
    /// </param>
    /// <exception cref="ArgumentException">No name was given.</exception>
    public TestCertificate IssueServer(params IReadOnlyCollection<string> names) => IssueServer(names, TestCertificateValidity.Current);

    /// <summary>Issues a server certificate whose validity lies in the past, now, or in the future.</summary>
    /// <param name="names">DNS names and IP addresses, at least one.</param>
    /// <param name="validity">Where the validity lies, seen from now.</param>
    /// <exception cref="ArgumentException">No name was given.</exception>
    public TestCertificate IssueServer(IReadOnlyCollection<string> names, TestCertificateValidity validity)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0) throw new ArgumentException("A server certificate needs at least one DNS name or IP address.", nameof(names));
        return Issue(DistinguishedName.Of(names.First()), names, [ExtendedKeyUsage.Server], validity);
    }

    /// <summary>Issues a client certificate. Kubernetes reads the user from the common name and the groups from the organisations.</summary>
    /// <param name="user">The common name.</param>
    /// <param name="groups">The organisations; may be empty.</param>
    public TestCertificate IssueClient(string user, params IReadOnlyCollection<string> groups) =>
        IssueClient(user, groups, TestCertificateValidity.Current);

    /// <summary>Issues a client certificate whose validity lies in the past, now, or in the future.</summary>
    /// <param name="user">The common name.</param>
    /// <param name="groups">The organisations; may be empty.</param>
    /// <param name="validity">Where the validity lies, seen from now.</param>
    public TestCertificate IssueClient(string user, IReadOnlyCollection<string> groups, TestCertificateValidity validity)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(user);
        ArgumentNullException.ThrowIfNull(groups);
        return Issue(DistinguishedName.Of(user, groups), [], [ExtendedKeyUsage.Client], validity);
    }

    /// <summary>Issues the certificate of a workload, for either side of mutual TLS.</summary>
    /// <param name="identity">Its URI name, such as <c>spiffe://example.com/cluster/alpha/ingress</c>.</param>
    /// <param name="validity">Where the validity lies, seen from now.</param>
    /// <param name="names">Further names: DNS names, IP addresses, URIs.</param>
    public TestCertificate IssueIdentity(string identity, TestCertificateValidity validity = TestCertificateValidity.Current, params IReadOnlyCollection<string> names)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        ArgumentNullException.ThrowIfNull(names);
        return Issue(DistinguishedName.Of("workload"), [identity, .. names], [ExtendedKeyUsage.Server, ExtendedKeyUsage.Client], validity);
    }

    /// <summary>Ends the authority's key. What it issued goes on living.</summary>
    public void Dispose()
    {
        _certificate.Dispose();
        Certificate.Dispose();
    }

    private TestCertificate Issue(
        X500DistinguishedName subject, IReadOnlyCollection<string> names, IReadOnlyCollection<string> usages, TestCertificateValidity validity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(static u => new Oid(u))], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (names.Count > 0) request.CertificateExtensions.Add(AlternativeNames.Of(names));

        var (from, until) = Span(validity);
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7f;
        using var issued = request.Create(_certificate, from, until, serial);
        return new TestCertificate(issued.CopyWithPrivateKey(key));
    }

    private (DateTimeOffset From, DateTimeOffset Until) Span(TestCertificateValidity validity)
    {
        var now = _time.GetUtcNow();
        return validity switch
        {
            // Not before the authority's own beginning: some verifiers want the leaf inside the issuer's span.
            TestCertificateValidity.Current => (now - ClockSkew, now.AddYears(1)),
            TestCertificateValidity.Expired => (now - ClockSkew, now - TimeSpan.FromMinutes(1)),
            TestCertificateValidity.NotYet => (now.AddDays(1), now.AddYears(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(validity), validity, "Not a validity."),
        };
    }
}
