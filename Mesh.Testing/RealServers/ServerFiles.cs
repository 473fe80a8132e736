using System.Security.Cryptography;
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

    private readonly GuardedFolder _folder;
    private readonly TestCertificateAuthority _authority;
    private readonly IdentityKubeconfigs _kubeconfigs;

    public ServerFiles(string cluster, Uri address, GuardedFolder folder)
    {
        _folder = folder;
        _authority = new TestCertificateAuthority($"mesh test ca {cluster}");
        _kubeconfigs = new IdentityKubeconfigs(cluster, address, _authority.CertificatePem, _authority);
    }

    public TestCertificate Administrator => _kubeconfigs.Administrator;

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
    public string Kubeconfig(string identity) => _kubeconfigs[identity];

    public void Dispose()
    {
        _kubeconfigs.Dispose();
        _authority.Dispose();
    }
}
