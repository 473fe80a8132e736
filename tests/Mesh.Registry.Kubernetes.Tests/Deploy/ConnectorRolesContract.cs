using k8s;
using k8s.Models;
using Mesh.Connector;
using Mesh.Servers;

namespace Mesh.Deploy;

/// <summary>That the roles of <c>deploy</c> let the connector do its work and nothing else: told by the server's audit log.</summary>
public abstract class ConnectorRolesContract
{
    private const string User = "system:serviceaccount:mesh-system:mesh-connector";

    private protected abstract Task<DeployedCluster> StartAsync();

    /// <summary>Whether the server streams lists as watches: then <c>list</c> is for the day on which it does not.</summary>
    private protected virtual bool StreamsLists => false;

    [Fact]
    public async Task ClusterRole_GrantsWhatTheConnectorAsksForAndNothingElse()
    {
        await using var it = await StartAsync();
        await it.ApplyAsync("rbac/service-account.yaml");
        await it.ApplyAsync("rbac/cluster.yaml");
        await it.Cluster.AddNodeAsync("n1", "eu");
        await it.Cluster.AddServiceAsync("orders");
        await it.Cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"], change: static s => s.Endpoints[0].NodeName = "n1");
        it.Cluster.WriteKubeconfig(User);
        await ServiceExports.ExportAsync(it.Cluster, "orders");
        await using var mesh = it.Mesh(static _ => { });
        mesh.Start();

        await mesh.UntilAsync(() => mesh["alpha"].IsLive && mesh["alpha"].Addresses("orders.sales") == "10.1.0.1" && mesh["alpha"].Endpoints("orders.sales")[0].Locality.Region == "eu" && mesh["alpha"].Find("orders.sales")!.IsExported);

        mesh["alpha"].Cluster.Uid.ShouldNotBeNull();
        mesh["alpha"].Problems.ShouldBeEmpty();
        mesh["alpha"].Failures.ShouldAllBe(static f => f == null);
        await it.UntilAskedAsync(User, Asked(GrantedRequest.Of(DeployedCluster.Read<V1ClusterRole>("rbac/cluster.yaml").Rules)), []);
    }

    [Fact]
    public async Task Role_OfANamespace_GrantsWhatTheConnectorAsksForThereAndNothingElse()
    {
        await using var it = await StartAsync();
        await it.ApplyAsync("rbac/service-account.yaml");
        await it.ApplyAsync("rbac/namespaced.yaml", "sales");
        await it.Cluster.AddServiceAsync("orders");
        await it.Cluster.AddServiceAsync("other", "default");
        await it.Cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        it.Cluster.WriteKubeconfig(User);
        await using var mesh = it.Mesh(static o => o.Namespaces = ["sales"]);
        mesh.Start();

        await mesh.UntilAsync(() => mesh["alpha"].IsLive && mesh["alpha"].Addresses("orders.sales") == "10.1.0.1" && mesh["alpha"].Problems.ContainsKey("Nodes"));

        mesh["alpha"].Services.ShouldBe([ServiceName.Parse("orders.sales")]);
        mesh["alpha"].Failures.ShouldAllBe(static f => f == null);
        await it.UntilAskedAsync(
            User, Asked(GrantedRequest.Of(DeployedCluster.Read<V1Role>("rbac/namespaced.yaml").Rules, "sales")), ["get namespaces kube-system", "list nodes", "watch nodes"]);
    }

    [Fact]
    public async Task FlowSchema_TakesTheConnectorsRequestsAlone()
    {
        await using var it = await StartAsync();
        await it.ApplyAsync("rbac/service-account.yaml");
        await it.ApplyAsync("rbac/cluster.yaml");
        await it.ApplyAsync("flow-control.yaml");
        var schema = await it.Cluster.Client.FlowcontrolApiserverV1.ReadFlowSchemaAsync("mesh-connectors", cancellationToken: TestContext.Current.CancellationToken);
        var level = await it.Cluster.Client.FlowcontrolApiserverV1.ReadPriorityLevelConfigurationAsync("mesh-connectors", cancellationToken: TestContext.Current.CancellationToken);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(it.Cluster.Server.GetKubeconfig(User)));
        using var connector = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(stream));

        // The server takes a new schema up from its own watch.
        await Until.TrueAsync(async () => await ClassAsync(connector) == (schema.Uid(), level.Uid()), () => "the connector's requests are not of the schema");

        (await ClassAsync(it.Cluster.Client)).ShouldNotBe((schema.Uid(), level.Uid()));
    }

    private string[] Asked(IEnumerable<string> requests) => [.. requests.Where(r => !StreamsLists || !r.StartsWith("list ", StringComparison.Ordinal))];

    private static async Task<(string?, string?)> ClassAsync(Kubernetes client)
    {
        using var answer = await client.CoreV1.ListServiceForAllNamespacesWithHttpMessagesAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (Header("X-Kubernetes-PF-FlowSchema-UID"), Header("X-Kubernetes-PF-PriorityLevel-UID"));

        string? Header(string name) => answer.Response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }
}
