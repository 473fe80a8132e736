using System.Collections.Concurrent;
using System.Text;

namespace Mesh.RealServers;

/// <summary>The kubeconfigs of a server's users, each with a client certificate of an authority that the server trusts. Thread-safe.</summary>
/// <param name="cluster">The cluster's name, that of the context too.</param>
/// <param name="address">Where the server is reached.</param>
/// <param name="serverAuthorityPem">The authority of the server's own certificate.</param>
/// <param name="users">The authority of its users.</param>
internal sealed class IdentityKubeconfigs(string cluster, Uri address, string serverAuthorityPem, TestCertificateAuthority users) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<string>> _made = new(StringComparer.Ordinal);

    public TestCertificate Administrator { get; } = users.IssueClient("admin", "system:masters");

    /// <summary>The same text for the same user, however often it is asked for.</summary>
    public string this[string identity] => _made.GetOrAdd(identity, user => new Lazy<string>(() => Make(user))).Value;

    public void Dispose() => Administrator.Dispose();

    private string Make(string identity)
    {
        using var made = identity == "admin" ? null : users.IssueClient(identity, Groups(identity));
        var certificate = made ?? Administrator;
        return $"""
            apiVersion: v1
            kind: Config
            current-context: {Quoted(cluster)}
            clusters:
            - name: {Quoted(cluster)}
              cluster:
                server: {address.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Data(serverAuthorityPem)}
            users:
            - name: {Quoted(identity)}
              user:
                client-certificate-data: {Data(certificate.CertificatePem)}
                client-key-data: {Data(certificate.KeyPem)}
            contexts:
            - name: {Quoted(cluster)}
              context:
                cluster: {Quoted(cluster)}
                user: {Quoted(identity)}

            """;
    }

    // A user named like a ServiceAccount is in the groups that its token would put it in, so that RBAC for them applies.
    private static string[] Groups(string identity) =>
        identity.Split(':') is ["system", "serviceaccount", var ns, _] ? ["system:serviceaccounts", "system:serviceaccounts:" + ns] : [];

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Data(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
