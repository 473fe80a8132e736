using Mesh.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

public sealed class SimulatedStateTests : StateContract
{
    private protected override Task<TestCluster> StartServerAsync() => TestCluster.StartAsync();

    [Fact]
    public async Task Lists_BeginNotOlderThanTheStateThatIsKept()
    {
        await using var server = await WireServer.StartAsync(AnswerAsync);
        await using (var first = Start(server.KubeconfigPath)) await first.UntilAsync(() => first.IsLive && first.Has("orders"));
        server.Requests.Clear();

        await using var second = Start(server.KubeconfigPath);
        await second.UntilAsync(() => second.IsLive && second.Catalog.IsSynced);

        foreach (var path in new[] { "/api/v1/services?", "/apis/discovery.k8s.io/v1/endpointslices?", "/api/v1/nodes?" })
        {
            server.Requests.First(r => r.Contains(path, StringComparison.Ordinal)).ShouldContain("resourceVersion=77");
        }

        static async Task AnswerAsync(HttpContext context)
        {
            if (context.Request.Query.ContainsKey("watch"))
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            var items = context.Request.Path.Value == "/api/v1/services"
                ? """{"metadata":{"name":"orders","namespace":"sales","resourceVersion":"5"},"spec":{"ports":[{"port":80}]}}"""
                : "";
            await context.Response.WriteAsync($$"""{"metadata":{"resourceVersion":"77"},"items":[{{items}}]}""");
        }
    }

    [Fact]
    public async Task State_IsTooOldAndTheServerIsDown_TheFailureSaysBoth()
    {
        await using var server = await StartServerAsync();
        await server.AddServiceAsync("orders");
        await RunAsync(server, static p => p.Has("orders"), static _ => 0);
        await server.Server.StopAsync(Token);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(2));

        await using var process = Start(server.KubeconfigPath, time: time);
        await process.UntilAsync(() => process.Failure is not null);

        process.Has("orders").ShouldBeFalse();
        process.Cluster.Freshness.ShouldBe(ClusterFreshness.Connecting);
        process.Failure!.ShouldContain("cannot be reached");
        process.Failure!.ShouldContain("The state kept of it is not used");
        process.Failure!.ShouldContain("Mesh:MaxCachedAge");
        process.Cluster.Detail.ShouldBe(process.Failure);
    }

    [Fact]
    public async Task State_OfOtherSettings_IsNotUsed()
    {
        await using var server = await StartServerAsync();
        await server.AddServiceAsync("orders");
        await RunAsync(server, static p => p.Has("orders"), static _ => 0);
        await server.Server.StopAsync(Token);

        await using var process = Start(server.KubeconfigPath, static o => o.Services = ["stock.sales"]);
        await process.UntilAsync(() => process.Failure is not null);

        process.Has("orders").ShouldBeFalse();
        process.Failure!.ShouldContain("other settings");
    }

    [Fact]
    public async Task NameOfOneCluster_NowLeadsToAnother_ItsStateGoesWithTheRefusal()
    {
        await using var one = await StartServerAsync();
        await one.AddServiceAsync("orders");
        await using var two = await StartServerAsync();
        await two.AddServiceAsync("bills");
        var folder = Folder;
        await using (var first = MeshProcess.Start(folder, m => Add(m, one, two)))
        {
            await first.UntilAsync(() => first.Has("orders") && first.Has("bills") && first.Catalog.Clusters.All(static c => c.Freshness == ClusterFreshness.Live));
        }

        // Both names lead to the first cluster now: whichever comes second is refused, and must not go on showing what it had.
        await using var second = MeshProcess.Start(folder, m => Add(m, one, one));
        await second.UntilAsync(() => second.Catalog.Sources.Count(static s => s.IsSynced) == 1 && second.Catalog.Sources.Any(static s => s.Failure?.Contains("is the same as cluster") == true));

        await second.UntilAsync(() => !second.Has("bills"));
        second.Catalog.Find(new ServiceName("sales", "orders")).Cell.Current!.Contributions.Length.ShouldBe(1);

        static void Add(IMeshBuilder mesh, TestCluster alpha, TestCluster beta) => mesh
            .AddKubernetesCluster("alpha", o => o.KubeconfigPath = alpha.KubeconfigPath)
            .AddKubernetesCluster("beta", o => o.KubeconfigPath = beta.KubeconfigPath);
    }

    [Fact]
    public async Task OwnNode_IsKnownFromTheState_ForTheSameNodeOnly()
    {
        await using var server = await StartServerAsync();
        await server.AddNodeAsync("n1", "eu", "eu-1");
        await using (var first = MeshProcess.Start(Folder, m => Add(m, "n1"))) await first.UntilAsync(() => first.IsLive && first.Cluster.OwnNode is not null);
        await server.Server.StopAsync(Token);

        await using (var same = MeshProcess.Start(Folder, m => Add(m, "n1")))
        {
            await same.UntilAsync(() => same.Failure is not null);
            same.Cluster.OwnNode.ShouldBe(new Locality(new ClusterId("alpha"), "eu", "eu-1", "n1"));
        }

        await using var other = MeshProcess.Start(Folder, m => Add(m, "n2"));
        await other.UntilAsync(() => other.Failure is not null);
        other.Cluster.OwnNode.ShouldBeNull();

        void Add(IMeshBuilder mesh, string node)
        {
            mesh.AddKubernetesCluster("alpha", o => o.KubeconfigPath = server.KubeconfigPath);
            mesh.RunsIn(cluster: "alpha", node: node);
        }
    }
}

public sealed class Real137StateTests : StateContract
{
    private static readonly RealClusterProvider Provider = RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { ControllerManager = false });

    private protected override async Task<TestCluster> StartServerAsync()
    {
        Assert.SkipWhen(Provider.UnavailableReason is not null, Provider.UnavailableReason ?? "");
        return await TestCluster.StartAsync(Provider);
    }

    [Fact(Timeout = 240_000)]
    public async Task Etcd_RestoredFromABackup_AProcessThatStartsTakesTheOlderStateUp()
    {
        await using var server = await StartServerAsync();
        var real = (RealKubernetesServer)server.Server;
        var backup = await BackUpAndGrowAsync(server, real);
        await RunAsync(server, static p => p.Addresses("orders") == "10.1.0.2" && p.Has("later"), static _ => 0);
        await real.RestoreBackupAsync(backup, Token);
        await real.StartAsync(Token);

        await using var process = Start(server.KubeconfigPath);

        await process.UntilAsync(() => process.IsLive && process.Addresses("orders") == "10.1.0.1" && !process.Has("later"));
        await server.AddServiceAsync("after");
        await process.UntilAsync(() => process.Has("after"));
        process.Logs.ShouldNotContain(static l => l.Id.Id == 1104, "it is the same cluster");
    }

    [Fact(Timeout = 240_000)]
    public async Task Etcd_RestoredFromABackup_AProcessThatRunsTakesTheOlderStateUp()
    {
        await using var server = await StartServerAsync();
        var real = (RealKubernetesServer)server.Server;
        var backup = await BackUpAndGrowAsync(server, real);
        await using var process = Start(server.KubeconfigPath);
        await process.UntilAsync(() => process.IsLive && process.Addresses("orders") == "10.1.0.2" && process.Has("later"));

        await real.RestoreBackupAsync(backup, Token);
        await process.UntilAsync(() => process.Cluster.Freshness == ClusterFreshness.Stale);
        await real.StartAsync(Token);

        await process.UntilAsync(() => process.IsLive && process.Addresses("orders") == "10.1.0.1" && !process.Has("later"));
        await server.AddServiceAsync("after");
        await process.UntilAsync(() => process.Has("after"));
        await process.UntilAsync(() => process.Logs.Any(static l => l.Id.Id == 1103));
    }

    // Far enough that the versions after the restore do not reach those before it by themselves.
    private static async Task<string> BackUpAndGrowAsync(TestCluster server, RealKubernetesServer real)
    {
        await server.AddServiceAsync("orders");
        await server.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        var backup = await real.BackUpAsync(Token);
        await real.StartAsync(Token);
        await server.AddServiceAsync("later");
        for (var i = 0; i < 120; i++) await server.ChangeSliceAsync("orders-a", s => s.Endpoints[0].Addresses = [i == 119 ? "10.1.0.2" : $"10.1.1.{i}"]);
        return backup;
    }
}
