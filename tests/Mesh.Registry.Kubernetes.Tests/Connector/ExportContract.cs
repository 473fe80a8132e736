using k8s;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>How ServiceExports (Multi-Cluster Services API) gate what other clusters may use, on every API server. The connector's clock is turned while a test waits.</summary>
public abstract class ExportContract
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    /// <summary>A server that serves no ServiceExports yet.</summary>
    private protected abstract Task<TestCluster> StartServerAsync();

    [Fact(Timeout = 120_000)]
    public async Task Exports_NamedMarkedInvalidAndWithdrawn_TheContributionsFollow()
    {
        await using var cluster = await StartAsync("v1beta1", "v1alpha1");
        var since = await ServiceExports.ExportAsync(cluster, "orders");
        await using var mesh = Mesh(cluster);
        var sink = mesh["alpha"];

        // Whatever is handed over first is whole: what is exported is never shown as if it were not.
        await UntilAsync(mesh, () => sink.IsLive && sink.Find("orders.sales") is not null && sink.Find("stock.sales") is not null);
        Exported(sink, "orders").ShouldBe((true, since, null));
        Exported(sink, "stock").ShouldBe((false, null, null));
        sink.Problems.ShouldBeEmpty();

        await ServiceExports.ExportAsync(cluster, "stock");
        await UntilAsync(mesh, () => Exported(sink, "stock").IsExported);
        await ServiceExports.MarkAsync(cluster, "stock", "False", "the service is not to be exported.");
        await UntilAsync(mesh, () => !Exported(sink, "stock").IsExported);
        Exported(sink, "stock").Obstacle.ShouldBe("its ServiceExport is marked Valid=False: the service is not to be exported");
        await ServiceExports.MarkAsync(cluster, "stock", "True", "");
        await UntilAsync(mesh, () => Exported(sink, "stock").IsExported);
        await ServiceExports.WithdrawAsync(cluster, "orders");
        await UntilAsync(mesh, () => !Exported(sink, "orders").IsExported);
        Exported(sink, "orders").ShouldBe((false, null, null));
        sink.Addresses("orders.sales").ShouldBe("10.1.0.1", "its own callers use it as before");
    }

    [Fact(Timeout = 120_000)]
    public async Task Definition_Missing_InstalledLaterInTheOlderVersion_AndRemoved_IsFollowed()
    {
        await using var cluster = await StartAsync();
        await using var mesh = Mesh(cluster);
        var sink = mesh["alpha"];

        await UntilAsync(mesh, () => sink.IsLive && sink.Find("orders.sales") is not null && sink.Problems.ContainsKey("ServiceExports"));
        sink.Problems["ServiceExports"].Message.ShouldStartWith("the server serves no serviceexports.multicluster.x-k8s.io in v1beta1 or v1alpha1. Install the CustomResourceDefinition");
        Exported(sink, "orders").IsExported.ShouldBeFalse();
        Exported(sink, "orders").Obstacle!.ShouldContain("Install the CustomResourceDefinition");
        sink.Addresses("orders.sales").ShouldBe("10.1.0.1");

        await ServiceExports.DefineAsync(cluster, "v1alpha1");
        await ServiceExports.ExportAsync(cluster, "orders", "v1alpha1");
        await UntilAsync(mesh, () => Exported(sink, "orders").IsExported && sink.Problems.IsEmpty);

        await ServiceExports.RemoveAsync(cluster);
        await UntilAsync(mesh, () => !Exported(sink, "orders").IsExported && sink.Problems.ContainsKey("ServiceExports"));

        await ServiceExports.DefineAsync(cluster, "v1beta1");
        await ServiceExports.ExportAsync(cluster, "stock");
        // The problem is taken back before the services are published without it.
        await UntilAsync(mesh, () => Exported(sink, "stock").IsExported && sink.Problems.IsEmpty && Exported(sink, "orders") == (false, null, null));
    }

    [Fact(Timeout = 120_000)]
    public async Task Permission_Missing_IsNamedTheOwnClusterIsUnaffectedAndExportsComeWithIt()
    {
        await using var cluster = await StartAsync("v1beta1");
        await ServiceExports.ExportAsync(cluster, "orders");
        await cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster);
        var sink = mesh["alpha"];

        await UntilAsync(mesh, () => sink.IsLive && sink.Find("orders.sales") is not null && sink.Problems.ContainsKey("ServiceExports"));
        sink.Problems["ServiceExports"].Message.ShouldMatch("^no permission to (list|watch) serviceexports.multicluster.x-k8s.io ");
        sink.Problems["ServiceExports"].Message.ShouldContain("Grant list and watch on it by a Role or ClusterRole, or let others use every service (ExportMode All)");
        Exported(sink, "orders").IsExported.ShouldBeFalse();
        sink.Addresses("orders.sales").ShouldBe("10.1.0.1");

        await cluster.GrantAsync("reader", null, ("multicluster.x-k8s.io", "serviceexports"));
        await UntilAsync(mesh, () => Exported(sink, "orders").IsExported && sink.Problems.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public async Task Permission_NamespacedRole_Suffices()
    {
        await using var cluster = await StartAsync("v1beta1");
        await ServiceExports.ExportAsync(cluster, "orders");
        await cluster.GrantAsync("reader", "sales", ("", "services"), ("discovery.k8s.io", "endpointslices"), ("multicluster.x-k8s.io", "serviceexports"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster, static o => o.Namespaces = ["sales"]);
        var sink = mesh["alpha"];

        await UntilAsync(mesh, () => sink.IsLive && sink.Find("orders.sales") is not null && sink.Problems.ContainsKey("Nodes"));

        Exported(sink, "orders").IsExported.ShouldBeTrue();
        sink.Problems.ShouldNotContainKey("ServiceExports");
    }

    [Fact(Timeout = 120_000)]
    public async Task ApiServer_StopsAndComesBack_WhatIsExportedStaysSoAtEveryMoment()
    {
        await using var cluster = await StartAsync("v1beta1");
        await ServiceExports.ExportAsync(cluster, "orders");
        await using var mesh = Mesh(cluster);
        var sink = mesh["alpha"];
        await UntilAsync(mesh, () => sink.IsLive && sink.Find("orders.sales") is not null);

        await cluster.Server.StopAsync(TestContext.Current.CancellationToken);
        await UntilAsync(mesh, () => StaysExported() && sink.Cluster.Freshness == ClusterFreshness.Stale);
        await cluster.Server.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(mesh, () => StaysExported() && sink.IsLive);
        await ServiceExports.ExportAsync(cluster, "stock");
        await UntilAsync(mesh, () => StaysExported() && Exported(sink, "stock").IsExported);

        bool StaysExported() => Exported(sink, "orders").IsExported ? true : throw new InvalidOperationException("The loss of the API server took the export away.");
    }

    private protected async Task<TestCluster> StartAsync(params string[] versions)
    {
        var cluster = await StartServerAsync();
        await ServiceExports.RemoveAsync(cluster);
        if (versions.Length > 0) await ServiceExports.DefineAsync(cluster, versions);
        foreach (var service in new[] { "orders", "stock" })
        {
            await cluster.AddServiceAsync(service);
            await cluster.AddSliceAsync(service, $"{service}-a", ["10.1.0.1"]);
        }

        return cluster;
    }

    private protected TestMesh Mesh(TestCluster cluster, Action<KubernetesClusterOptions>? configure = null)
    {
        var mesh = new TestMesh(_time);
        mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = cluster.KubeconfigPath;
            o.ExportMode = ExportMode.Exported;

            // The clock runs ahead of the machine here.
            o.RequestTimeout = TimeSpan.FromMinutes(10);
            configure?.Invoke(o);
        });
        return mesh.Start();
    }

    private protected Task UntilAsync(TestMesh mesh, Func<bool> condition) => mesh.UntilAsync(
        () =>
        {
            if (condition()) return true;
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return false;
        },
        () => string.Join('\n', mesh.Sinks.SelectMany(static s => s.Value.Problems.Values)));

    private protected static (bool IsExported, DateTimeOffset? At, string? Obstacle) Exported(RecordingSink sink, string service) =>
        sink.Find($"{service}.sales") is { } found ? (found.IsExported, found.ExportedAt, found.ExportObstacle) : default;
}
