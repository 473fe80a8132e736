using System.Text.Json;
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

    // Who it is, three probes and three watches, and each of these again where the server is not ready yet.
    private const int MostRequests = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task ApiServer_Restarts_EveryConnectorIsBackWithWhatChangedAndNoneAsksWithoutEnd()
    {
        var provider = RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { ControllerManager = false, AuditLog = true });
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
            var before = await CountAsync(cluster);

            await cluster.Server.StopAsync(Token);
            await UntilAsync(fleet, static c => Freshness(c) == ClusterFreshness.Stale);
            await cluster.Server.StartAsync(Token);
            await cluster.ChangeSliceAsync("orders-a", static s => s.Endpoints[0].Addresses = ["10.1.0.2"]);
            await UntilAsync(fleet, static c => Freshness(c) == ClusterFreshness.Live && Addresses(c) == "10.1.0.2");

            var asked = await CountAsync(cluster);
            for (var i = 0; i < Connectors; i++) (asked[$"reader-{i}"] - before[$"reader-{i}"]).ShouldBeInRange(3, MostRequests);
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

    /// <summary>How many requests of each user the server has received.</summary>
    private static async Task<Dictionary<string, int>> CountAsync(TestCluster cluster)
    {
        var requests = new HashSet<(string User, string Id)>();
        using var file = new StreamReader(new FileStream(((RealKubernetesServer)cluster.Server).AuditLogPath!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (await file.ReadLineAsync(Token) is { } line)
        {
            // The last one may not be whole, and one of before a kill never is.
            if (!line.StartsWith('{') || !line.EndsWith('}')) continue;
            using var json = JsonDocument.Parse(line);
            requests.Add((json.RootElement.GetProperty("user").GetProperty("username").GetString()!, json.RootElement.GetProperty("auditID").GetString()!));
        }

        return requests.CountBy(static r => r.User).ToDictionary();
    }
}
