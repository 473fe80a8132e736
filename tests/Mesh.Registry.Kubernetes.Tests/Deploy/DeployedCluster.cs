using k8s;
using k8s.Models;
using Mesh.Connector;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Deploy;

/// <summary>A real cluster with files of <c>deploy</c> applied to it, and what its audit log tells since.</summary>
internal sealed class DeployedCluster : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _undo = [];
    private readonly string _auditLog;
    private readonly int _before;

    private DeployedCluster(TestCluster cluster, string auditLog, int before) => (Cluster, _auditLog, _before) = (cluster, auditLog, before);

    public TestCluster Cluster { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<DeployedCluster> TakeAsync(RealServer server)
    {
        var cluster = await server.TakeAsync();
        var log = ((RealKubernetesServer)cluster.Server).AuditLogPath!;
        var it = new DeployedCluster(cluster, log, (await File.ReadAllLinesAsync(log, Token)).Length);
        await it.AddNamespaceAsync();
        await ServiceExports.DefineAsync(cluster, "v1beta1");
        it._undo.Push(() => ServiceExports.RemoveAsync(cluster));
        return it;
    }

    public static T Read<T>(string file) => ReadAll(file).OfType<T>().Single();

    /// <summary>Creates what a file says, until disposed.</summary>
    public async Task ApplyAsync(string file, string? ns = null)
    {
        foreach (var read in ReadAll(file)) await ApplyAsync(read, ns);
    }

    public TestMesh Mesh(Action<KubernetesClusterOptions> configure)
    {
        var mesh = new TestMesh();
        mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = Cluster.KubeconfigPath;
            o.ExportMode = ExportMode.Exported;
            configure(o);
        });
        return mesh;
    }

    /// <summary>Waits until the user was allowed exactly these requests, and checks that none but those was refused.</summary>
    /// <param name="user">Who.</param>
    /// <param name="allowed">All of what it may do.</param>
    /// <param name="refusable">What it may try; how many of these it comes to is a matter of time.</param>
    public async Task UntilAskedAsync(string user, string[] allowed, string[] refusable)
    {
        var expected = Sorted(allowed);
        var found = "";
        List<AskedRequest> asked = [];
        await Until.TrueAsync(
            async () =>
            {
                asked = await AskedAsync(user);
                found = Sorted(asked.Where(static a => a.IsAllowed).Select(static a => a.What));
                return found == expected;
            },
            () => $"Expected {expected}\nbut it was {found}");
        asked.Where(static a => !a.IsAllowed).Select(static a => a.What).Except(refusable).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var undo in _undo) await undo();
        await Cluster.DisposeAsync();
    }

    private static List<object> ReadAll(string file) => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "deploy", file)), strict: true);

    private static string Sorted(IEnumerable<string> requests) => string.Join(", ", requests.Distinct().Order(StringComparer.Ordinal));

    // A namespace that goes needs a controller to go: it stays for the tests to come.
    private async Task AddNamespaceAsync()
    {
        var existing = await Cluster.Client.CoreV1.ListNamespaceAsync(fieldSelector: "metadata.name=mesh-system", cancellationToken: Token);
        if (existing.Items.Count == 0) await Cluster.Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = "mesh-system" } }, cancellationToken: Token);
    }

    private async Task ApplyAsync(object read, string? ns)
    {
        var client = Cluster.Client;
        switch (read)
        {
            case V1ServiceAccount account:
                await client.CoreV1.CreateNamespacedServiceAccountAsync(account, account.Namespace(), cancellationToken: Token);
                _undo.Push(() => client.CoreV1.DeleteNamespacedServiceAccountAsync(account.Name(), account.Namespace()));
                break;
            case V1ClusterRole role:
                await client.RbacAuthorizationV1.CreateClusterRoleAsync(role, cancellationToken: Token);
                _undo.Push(() => client.RbacAuthorizationV1.DeleteClusterRoleAsync(role.Name()));
                break;
            case V1ClusterRoleBinding binding:
                await client.RbacAuthorizationV1.CreateClusterRoleBindingAsync(binding, cancellationToken: Token);
                _undo.Push(() => client.RbacAuthorizationV1.DeleteClusterRoleBindingAsync(binding.Name()));
                break;
            case V1Role role:
                await client.RbacAuthorizationV1.CreateNamespacedRoleAsync(role, ns, cancellationToken: Token);
                _undo.Push(() => client.RbacAuthorizationV1.DeleteNamespacedRoleAsync(role.Name(), ns));
                break;
            case V1RoleBinding binding:
                await client.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(binding, ns, cancellationToken: Token);
                _undo.Push(() => client.RbacAuthorizationV1.DeleteNamespacedRoleBindingAsync(binding.Name(), ns));
                break;
            case V1PriorityLevelConfiguration level:
                await client.FlowcontrolApiserverV1.CreatePriorityLevelConfigurationAsync(level, cancellationToken: Token);
                _undo.Push(() => client.FlowcontrolApiserverV1.DeletePriorityLevelConfigurationAsync(level.Name()));
                break;
            case V1FlowSchema schema:
                await client.FlowcontrolApiserverV1.CreateFlowSchemaAsync(schema, cancellationToken: Token);
                _undo.Push(() => client.FlowcontrolApiserverV1.DeleteFlowSchemaAsync(schema.Name()));
                break;
            default:
                throw new NotSupportedException($"{read.GetType().Name} is not applied here yet.");
        }
    }

    private async Task<List<AskedRequest>> AskedAsync(string user)
    {
        var asked = new List<AskedRequest>();
        foreach (var line in (await File.ReadAllLinesAsync(_auditLog, Token)).Skip(_before))
        {
            // The last line may be half written.
            if (line.EndsWith('}') && AskedRequest.Parse(line, user) is { } request) asked.Add(request);
        }

        return asked;
    }
}
