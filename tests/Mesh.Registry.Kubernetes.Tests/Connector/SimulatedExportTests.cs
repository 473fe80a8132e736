using k8s;
using Mesh.Servers;

namespace Mesh.Connector;

public sealed class SimulatedExportTests : ExportContract
{
    [Fact(Timeout = 60_000)]
    public async Task Permission_TakenAwayLater_IsNamedAndWhatWasExportedStays()
    {
        await using var cluster = await StartAsync("v1beta1");
        await ServiceExports.ExportAsync(cluster, "orders");
        await cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));
        await cluster.GrantAsync("reader", null, ("multicluster.x-k8s.io", "serviceexports"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster);
        var sink = mesh["alpha"];
        await UntilAsync(mesh, () => Exported(sink, "orders").IsExported && sink.IsLive);

        await cluster.Client.RbacAuthorizationV1.DeleteClusterRoleBindingAsync("reader-serviceexports", cancellationToken: TestContext.Current.CancellationToken);
        cluster.Faults.EndWatches("serviceexports");

        await UntilAsync(mesh, () => sink.Problems.ContainsKey("ServiceExports"));
        Exported(sink, "orders").IsExported.ShouldBeTrue();
        await UntilAsync(mesh, () => sink.IsLive);
    }

    [Fact(Timeout = 60_000)]
    public async Task State_OfBeforeTheStart_KeepsWhatIsExportedAndSinceWhen()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-exports-");
        try
        {
            await using var cluster = await StartAsync("v1beta1");
            var since = await ServiceExports.ExportAsync(cluster, "orders");
            await using (var process = Start())
            {
                await process.UntilAsync(() => process.IsLive && Part(process, "orders") is { IsExported: true } && process.Has("stock"));
            }

            await cluster.Server.StopAsync(TestContext.Current.CancellationToken);
            await using var again = Start();
            await again.UntilAsync(() => again.Has("orders"));

            (Part(again, "orders")!.IsExported, Part(again, "orders")!.ExportedAt).ShouldBe((true, since));
            Part(again, "stock")!.IsExported.ShouldBeFalse();

            MeshProcess Start() => MeshProcess.Start(folder.FullName, cluster.KubeconfigPath, static o => o.ExportMode = ExportMode.Exported);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static ServiceContribution? Part(MeshProcess process, string service) =>
            process.Catalog.Find(new ServiceName("sales", service)).Cell.Current?.Contributions.Single().Service;
    }

    private protected override Task<TestCluster> StartServerAsync() =>
        TestCluster.StartAsync(new SimulatedClusterProvider(static _ => new SimulatedServerOptions { MultiClusterServices = false }));
}
