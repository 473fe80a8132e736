using System.Globalization;
using Mesh.Processes;

namespace Mesh.RealServers;

/// <summary>The arguments of the three programs.</summary>
internal static class ServerCommands
{
    public static IReadOnlyCollection<string> Etcd(GuardedFolder folder, int port, int peerPort) =>
    [
        "--data-dir=" + folder["etcd"],
        "--name=test",
        "--listen-client-urls=" + Loopback(port),
        "--advertise-client-urls=" + Loopback(port),
        "--listen-peer-urls=" + Loopback(peerPort),
        "--initial-advertise-peer-urls=" + Loopback(peerPort),
        "--initial-cluster=test=" + Loopback(peerPort),
        "--log-level=warn",

        // Its data need not survive the machine, only the process.
        "--unsafe-no-fsync",
    ];

    public static IReadOnlyCollection<string> ApiServer(GuardedFolder folder, ServerFiles files, RealClusterOptions options, int etcdPort, int port) =>
    [
        "--etcd-servers=" + Loopback(etcdPort),
        "--bind-address=127.0.0.1",
        "--secure-port=" + port.ToString(CultureInfo.InvariantCulture),

        // A loopback address may not stand in the EndpointSlice of the service 'kubernetes', so nobody writes that slice.
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--client-ca-file=" + files.AuthorityFile,
        "--tls-cert-file=" + files.ServerCertificateFile,
        "--tls-private-key-file=" + files.ServerKeyFile,
        "--cert-dir=" + folder["certificates"],
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-account-key-file=" + files.AccountPublicKeyFile,
        "--service-account-signing-key-file=" + files.AccountKeyFile,
        "--service-cluster-ip-range=10.96.0.0/16",
        "--allow-privileged=true",
        "--profiling=false",
        .. Audit(files, options),
        .. options.ApiServerArguments,
    ];

    public static IReadOnlyCollection<string> ControllerManager(ServerFiles files) =>
    [
        "--kubeconfig=" + files.ControllerManagerKubeconfigFile,

        // No kubelet renews node leases here: with it, pods turn unready within a minute.
        "--controllers=*,-node-lifecycle-controller",
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=" + files.AccountKeyFile,
        "--root-ca-file=" + files.AuthorityFile,
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",

        // The defaults spare a production API server and make tests wait.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
    ];

    private static string[] Audit(ServerFiles files, RealClusterOptions options) => options.AuditLog
        ? ["--audit-policy-file=" + files.AuditPolicyFile, "--audit-log-path=" + files.AuditLogFile]
        : [];

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
