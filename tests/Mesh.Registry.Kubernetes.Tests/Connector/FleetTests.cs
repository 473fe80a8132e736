using Mesh.Connection;
using Mesh.Servers;
using Mesh.Watch;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Connector;

/// <summary>Many connectors of one API server that is started again. `benchmarks/run Fleet` does it with two hundred, and says when they come.</summary>
[Trait("Category", "Real")]
public sealed class FleetTests
{
    private const int Connectors = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task ApiServer_Restarts_EveryConnectorIsBackWithWhatChanged()
    {
        var provider = RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { ControllerManager = false });
        if (provider.UnavailableReason is { } reason) Assert.Skip(reason);
        await using var cluster = await TestCluster.StartAsync(provider);
        await cluster.AddServiceAsync("orders");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        var fleet = new List<MeshCatalog>();
        try
        {
            for (var i = 0; i < Connectors; i++)
            {
                await cluster.GrantAsync($"reader-{i}", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));
                fleet.Add(Create(cluster.WriteFile($"kubeconfig-{i}", cluster.Server.GetKubeconfig($"reader-{i}")), i));
                await fleet[i].StartAsync(Token);
            }

            await UntilAsync(fleet, static c => Freshness(c) == ClusterFreshness.Live && Addresses(c) == "10.1.0.1");

            await cluster.Server.StopAsync(Token);
            await UntilAsync(fleet, static c => Freshness(c) == ClusterFreshness.Stale);
            await cluster.Server.StartAsync(Token);
            await cluster.ChangeSliceAsync("orders-a", static s => s.Endpoints[0].Addresses = ["10.1.0.2"]);
            await UntilAsync(fleet, static c => Freshness(c) == ClusterFreshness.Live && Addresses(c) == "10.1.0.2");
        }
        finally
        {
            foreach (var catalog in fleet) await catalog.DisposeAsync();
        }
    }

    private static MeshCatalog Create(string kubeconfigPath, int seed)
    {
        var options = new KubernetesClusterOptions { KubeconfigPath = kubeconfigPath };
        var context = new ConnectorContext(
            "kubernetes/alpha", new ClusterId("alpha"), null, options, WatchTimings.Default, new KubernetesMetrics(), TimeProvider.System, new Random(seed));
        var source = new KubernetesCatalogSource(context, new ConfiguredConnection(options, TimeProvider.System), new ClusterClaims(), NullLogger.Instance);
        return new MeshCatalog([source], new MeshCatalogOptions { Seed = seed }, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static ClusterFreshness? Freshness(MeshCatalog catalog) => catalog.FindCluster(new ClusterId("alpha"))?.Freshness;

    private static string Addresses(MeshCatalog catalog)
    {
        if (catalog.Find(new ServiceName("sales", "orders")).Cell.Current is not { } service) return "";
        var addresses = new List<string>();
        foreach (var endpoint in service.Endpoints) addresses.Add(endpoint.Address.ToString());
        return string.Join(' ', addresses);
    }

    private static Task UntilAsync(List<MeshCatalog> fleet, Func<MeshCatalog, bool> condition) => Until.TrueAsync(
        () => fleet.TrueForAll(c => condition(c)),
        () => string.Join('\n', fleet.Select(static c => $"{Addresses(c)}: {c.FindCluster(new ClusterId("alpha"))?.Detail}")));
}
