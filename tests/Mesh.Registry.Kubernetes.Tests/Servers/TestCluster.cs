using System.Text;
using k8s;
using k8s.Models;

namespace Mesh.Servers;

/// <summary>An API server under test, a kubeconfig file that leads to it, and hands that write into it.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-k8s-");

    private readonly List<string> _clusterRoles = [];
    private readonly bool _isShared;

    private TestCluster(IKubernetesServer server, bool isShared)
    {
        Server = server;
        _isShared = isShared;
        KubeconfigPath = Path.Combine(_folder.FullName, "kubeconfig");
        WriteKubeconfig("admin");
        Client = Connect();
    }

    public IKubernetesServer Server { get; }

    public SimulatedServerFaults Faults => ((SimulatedKubernetesServer)Server).Faults;

    public string KubeconfigPath { get; }

    public Kubernetes Client { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestCluster> StartAsync(IClusterProvider? provider = null, string name = "alpha")
    {
        var server = await (provider ?? new SimulatedClusterProvider()).StartAsync(name, Token);
        var cluster = new TestCluster(server, isShared: false);
        await cluster.AddNamespaceAsync();
        return cluster;
    }

    /// <summary>A server that others use after this test: disposing takes away what was written.</summary>
    public static async Task<TestCluster> ShareAsync(IKubernetesServer server)
    {
        var cluster = new TestCluster(server, isShared: true);
        try
        {
            await cluster.Client.CoreV1.ReadNamespaceAsync("sales", cancellationToken: Token);
        }
        catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            await cluster.AddNamespaceAsync();
        }

        return cluster;
    }

    public void WriteKubeconfig(string identity) => File.WriteAllText(KubeconfigPath, Server.GetKubeconfig(identity));

    /// <summary>Writes with new credentials from now on: those before were made invalid.</summary>
    public void Reconnect()
    {
        Client.Dispose();
        Client = Connect();
    }

    public string WriteFile(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<V1Service> AddServiceAsync(string name, string ns = "sales", Action<V1Service>? change = null)
    {
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns },
            Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = 8080, AppProtocol = "http" }] },
        };
        change?.Invoke(service);
        return Client.CoreV1.CreateNamespacedServiceAsync(service, ns, cancellationToken: Token);
    }

    public Task<V1EndpointSlice> AddSliceAsync(string service, string slice, IEnumerable<string> addresses, string ns = "sales", Action<V1EndpointSlice>? change = null)
    {
        var body = new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta { Name = slice, NamespaceProperty = ns, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service } },
            AddressType = "IPv4",
            Endpoints = addresses.Select(static a => new V1Endpoint { Addresses = [a], Conditions = new V1EndpointConditions { Ready = true } }).ToList(),
            Ports = [new Discoveryv1EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" }],
        };
        change?.Invoke(body);
        return Client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(body, ns, cancellationToken: Token);
    }

    public async Task ChangeSliceAsync(string slice, Action<V1EndpointSlice> change, string ns = "sales")
    {
        var body = await Client.DiscoveryV1.ReadNamespacedEndpointSliceAsync(slice, ns, cancellationToken: Token);
        change(body);
        await Client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(body, slice, ns, cancellationToken: Token);
    }

    public Task DeleteSliceAsync(string slice, string ns = "sales") => Client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(slice, ns, cancellationToken: Token);

    public Task DeleteServiceAsync(string service, string ns = "sales") => Client.CoreV1.DeleteNamespacedServiceAsync(service, ns, cancellationToken: Token);

    public Task AddNodeAsync(string name, string? region, string? zone = null)
    {
        var labels = new Dictionary<string, string>();
        if (region is not null) labels["topology.kubernetes.io/region"] = region;
        if (zone is not null) labels["topology.kubernetes.io/zone"] = zone;
        return Client.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = name, Labels = labels } }, cancellationToken: Token);
    }

    /// <summary>Lets a user do what is named, in a namespace or everywhere.</summary>
    public async Task GrantAsync(string user, string? ns, params (string Group, string Resource)[] resources)
    {
        var rules = resources.Select(static r => new V1PolicyRule { ApiGroups = [r.Group], Resources = [r.Resource], Verbs = ["get", "list", "watch"] }).ToList();
        var name = $"{user}-{string.Join('-', resources.Select(static r => r.Resource))}";
        var subject = new Rbacv1Subject { Kind = "User", Name = user, ApiGroup = "rbac.authorization.k8s.io" };
        var metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns };
        var kind = ns is null ? "ClusterRole" : "Role";
        var reference = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = kind, Name = name };
        var rbac = Client.RbacAuthorizationV1;
        if (ns is null)
        {
            _clusterRoles.Add(name);
            await rbac.CreateClusterRoleAsync(new V1ClusterRole { Metadata = metadata, Rules = rules }, cancellationToken: Token);
            await rbac.CreateClusterRoleBindingAsync(
                new V1ClusterRoleBinding { Metadata = new V1ObjectMeta { Name = name }, RoleRef = reference, Subjects = [subject] }, cancellationToken: Token);
            return;
        }

        await rbac.CreateNamespacedRoleAsync(new V1Role { Metadata = metadata, Rules = rules }, ns, cancellationToken: Token);
        await rbac.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns }, RoleRef = reference, Subjects = [subject] }, ns, cancellationToken: Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isShared) await CleanAsync();
        Client.Dispose();
        if (!_isShared) await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Kubernetes Connect()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Server.GetKubeconfig()));
        return new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(stream));
    }

    private Task<V1Namespace> AddNamespaceAsync() => Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = "sales" } }, cancellationToken: Token);

    private async Task CleanAsync()
    {
        await Server.StartAsync(CancellationToken.None);
        foreach (var ns in new[] { "sales", "default" })
        {
            foreach (var service in (await Client.CoreV1.ListNamespacedServiceAsync(ns)).Items)
            {
                if (service.Metadata.Name != "kubernetes") await Client.CoreV1.DeleteNamespacedServiceAsync(service.Metadata.Name, ns);
            }

            foreach (var slice in (await Client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns)).Items)
            {
                if (slice.Metadata.Name != "kubernetes") await Client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(slice.Metadata.Name, ns);
            }

            await Client.RbacAuthorizationV1.DeleteCollectionNamespacedRoleBindingAsync(ns);
            await Client.RbacAuthorizationV1.DeleteCollectionNamespacedRoleAsync(ns);
        }

        foreach (var node in (await Client.CoreV1.ListNodeAsync()).Items) await Client.CoreV1.DeleteNodeAsync(node.Metadata.Name);
        foreach (var role in _clusterRoles)
        {
            await Client.RbacAuthorizationV1.DeleteClusterRoleBindingAsync(role);
            await Client.RbacAuthorizationV1.DeleteClusterRoleAsync(role);
        }
    }
}
