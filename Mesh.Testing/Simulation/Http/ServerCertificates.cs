using System.Security.Cryptography.X509Certificates;

namespace Mesh.Simulation;

/// <summary>The certificate that new connections are served.</summary>
internal sealed class ServerCertificates : IDisposable
{
    public static readonly string[] OwnNames = ["localhost", "127.0.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
    private readonly TestCertificateAuthority _authority;
    private readonly List<TestCertificate> _issued = [];
    private volatile TestCertificate _current;

    public ServerCertificates(TestCertificateAuthority authority)
    {
        _authority = authority;
        _current = authority.IssueServer(OwnNames);
        _issued.Add(_current);
    }

    public X509Certificate2 Current => _current.Certificate;

    public void ServeFor(IReadOnlyCollection<string> names, TestCertificateValidity validity)
    {
        var next = _authority.IssueServer(names, validity);
        // A handshake may still hold an older one: they end with the server.
        lock (_issued) _issued.Add(next);
        _current = next;
    }

    public void Dispose()
    {
        foreach (var one in _issued) one.Dispose();
    }
}
