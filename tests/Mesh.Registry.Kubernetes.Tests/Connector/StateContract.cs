using Mesh.Servers;

namespace Mesh.Connector;

/// <summary>A process that starts again from the last good state, against every kind of server.</summary>
public abstract class StateContract : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-state-").FullName;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Folder => _folder;

    private protected abstract Task<TestCluster> StartServerAsync();

    [Fact(Timeout = 180_000)]
    public async Task Server_IsDown_TheProcessStartsFromItsLastStateAndTakesUpWhatCameMeanwhile()
    {
        await using var server = await StartServerAsync();
        await server.AddNodeAsync("n1", "eu", "eu-1");
        await server.AddServiceAsync("orders");
        await server.AddSliceAsync("orders", "orders-a", ["10.1.0.1", "10.1.0.2"], change: static s => s.Endpoints[0].NodeName = "n1");
        await server.AddServiceAsync("stock");
        await server.AddSliceAsync("stock", "stock-a", ["10.1.0.3"]);
        var uid = await RunAsync(server, p => p.Addresses("stock") == "10.1.0.3" && p.Addresses("orders") == "10.1.0.1,10.1.0.2", static p => p.Cluster.Uid!);

        await server.Server.StopAsync(Token);
        await using var process = Start(server.KubeconfigPath);
        await process.UntilAsync(() => process.Cluster.Freshness == ClusterFreshness.Stale && process.Failure is not null);

        process.Addresses("orders").ShouldBe("10.1.0.1,10.1.0.2");
        process.Catalog.Find(new ServiceName("sales", "orders")).Cell.Current!.Endpoints.ToArray()[0].Locality.ShouldBe(new Locality(new ClusterId("alpha"), "eu", null, "n1"));
        (await process.Catalog.FindAsync(new ServiceName("sales", "orders"), Token)).Status.ShouldBe(ServiceLookupStatus.Known);
        process.Cluster.Uid.ShouldBe(uid);
        process.Failure!.ShouldContain("cannot be reached");

        // It returns; one service has ended, another one begun, and a pod moved while nobody looked.
        await server.Server.StartAsync(Token);
        await server.DeleteServiceAsync("stock");
        await server.AddServiceAsync("bills");
        await server.ChangeSliceAsync("orders-a", static s => s.Endpoints[1].Addresses = ["10.1.0.9"]);

        await process.UntilAsync(() => process.IsLive && process.Addresses("orders") == "10.1.0.1,10.1.0.9" && process.Addresses("stock") is null && process.Has("bills"));
        process.Catalog.Sources.Single().RestoredFrom.ShouldBeNull();
        process.Logs.ShouldNotContain(static l => l.Id.Id == 1104);
    }

    [Fact(Timeout = 180_000)]
    public async Task OtherCluster_Answers_NothingOfTheStateIsLeft()
    {
        await using var server = await StartServerAsync();
        await server.AddServiceAsync("orders");
        await server.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        await RunAsync(server, p => p.Addresses("orders") == "10.1.0.1", static _ => 0);
        await using var other = await TestCluster.StartAsync();
        await other.AddServiceAsync("bills");

        await using var process = Start(other.KubeconfigPath);

        await process.UntilAsync(() => process.IsLive && process.Has("bills"));
        process.Has("orders").ShouldBeFalse();
        await process.UntilAsync(() => process.Logs.Any(static l => l.Id.Id == 1104));
        process.Logs.Count(static l => l.Id.Id == 1104).ShouldBe(1);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected MeshProcess Start(string kubeconfig, Action<KubernetesClusterOptions>? configure = null, TimeProvider? time = null) => MeshProcess.Start(_folder, kubeconfig, configure, time);

    /// <summary>Runs a process until it has seen something, and ends it.</summary>
    private protected async Task<T> RunAsync<T>(TestCluster server, Func<MeshProcess, bool> seen, Func<MeshProcess, T> result)
    {
        await using var process = Start(server.KubeconfigPath);
        await process.UntilAsync(() => process.IsLive && seen(process));
        return result(process);
    }
}
