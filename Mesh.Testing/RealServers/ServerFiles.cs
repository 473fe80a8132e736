using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Mesh.Processes;

namespace Mesh.RealServers;

/// <summary>The authority of one cluster, the files that its processes read, and the kubeconfigs of its users.</summary>
internal sealed class ServerFiles : IDisposable
{
    private const string AuditPolicy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules: [{level: Metadata}]
        """;

    private readonly string _cluster;
    private readonly Uri _address;
    private readonly GuardedFolder _folder;
    private readonly TestCertificateAuthority _authority;
    private readonly ConcurrentDictionary<string, Lazy<string>> _kubeconfigs = new(StringComparer.Ordinal);

    public ServerFiles(string cluster, Uri address, GuardedFolder folder)
    {
        (_cluster, _address, _folder) = (cluster, address, folder);
        _authority = new TestCertificateAuthority($"mesh test ca {cluster}");
        Administrator = _authority.IssueClient("admin", "system:masters");
    }

    public TestCertificate Administrator { get; }

    public TestCertificateAuthority Authority => _authority;

    public string AuthorityFile => _folder["ca.crt"];

    public string ServerCertificateFile => _folder["tls.crt"];

    public string ServerKeyFile => _folder["tls.key"];

    public string AccountKeyFile => _folder["accounts.key"];

    public string AccountPublicKeyFile => _folder["accounts.pub"];

    public string ControllerManagerKubeconfigFile => _folder["controller-manager.kubeconfig"];

    public string AuditPolicyFile => _folder["audit-policy.yaml"];

    public string AuditLogFile => _folder["audit.log"];

    public void Write()
    {
        File.WriteAllText(AuthorityFile, _authority.CertificatePem);
        using (var server = _authority.IssueServer("127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")) server.WriteTo(_folder.Path);
        using (var accounts = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            File.WriteAllText(AccountKeyFile, accounts.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(AccountPublicKeyFile, accounts.ExportSubjectPublicKeyInfoPem());
        }

        // Each controller goes on with its own ServiceAccount; this one hands out their tokens.
        File.WriteAllText(ControllerManagerKubeconfigFile, Kubeconfig("system:kube-controller-manager"));
        File.WriteAllText(AuditPolicyFile, AuditPolicy);
    }

    /// <summary>The same text for the same user, however often it is asked for.</summary>
    public string Kubeconfig(string identity) =>
        _kubeconfigs.GetOrAdd(identity, user => new Lazy<string>(() => MakeKubeconfig(user))).Value;

    public void Dispose()
    {
        Administrator.Dispose();
        _authority.Dispose();
    }

    private string MakeKubeconfig(string identity)
    {
        using var made = identity == "admin" ? null : _authority.IssueClient(identity, Groups(identity));
        var certificate = made ?? Administrator;
        return $"""
            apiVersion: v1
            kind: Config
            current-context: {Quoted(_cluster)}
            clusters:
            - name: {Quoted(_cluster)}
              cluster:
                server: {_address.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Data(_authority.CertificatePem)}
            users:
            - name: {Quoted(identity)}
              user:
                client-certificate-data: {Data(certificate.CertificatePem)}
                client-key-data: {Data(certificate.KeyPem)}
            contexts:
            - name: {Quoted(_cluster)}
              context:
                cluster: {Quoted(_cluster)}
                user: {Quoted(identity)}

            """;
    }

    // A user named like a ServiceAccount is in the groups that its token would put it in, so that RBAC for them applies.
    private static string[] Groups(string identity) =>
        identity.Split(':') is ["system", "serviceaccount", var ns, _] ? ["system:serviceaccounts", "system:serviceaccounts:" + ns] : [];

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Data(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
