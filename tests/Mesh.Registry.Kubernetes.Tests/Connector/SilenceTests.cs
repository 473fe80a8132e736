using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

public sealed class SilenceTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Kubeconfig_ChangesWhileItsServerIsSilentOrGone_IsReadAgain(bool isSilent, bool wasLive)
    {
        var time = new FakeTimeProvider();
        await using var cluster = await TestCluster.StartAsync();
        await using var proxy = FaultProxy.Start(cluster.Server.Address);
        await cluster.AddServiceAsync("orders");
        await using var mesh = new TestMesh(time);
        var path = cluster.WriteFile("proxied", proxy.Redirect(cluster.Server.GetKubeconfig()));
        mesh.AddKubernetesCluster("alpha", o => o.KubeconfigPath = path);
        if (!wasLive) await LoseAsync();
        mesh.Start();
        var sink = mesh["alpha"];
        if (wasLive)
        {
            await mesh.UntilAsync(() => sink.IsLive && sink.Find("orders.sales") is not null);
            await LoseAsync();
            await cluster.AddServiceAsync("stock");
        }

        await UntilAsync(() => sink.Failure?.Contains("cannot be reached", StringComparison.Ordinal) == true);
        File.WriteAllText(path, cluster.Server.GetKubeconfig());

        await UntilAsync(() => sink.IsLive && sink.Find(wasLive ? "stock.sales" : "orders.sales") is not null);

        async Task LoseAsync()
        {
            if (isSilent) proxy.Link.BlackHole();
            else await proxy.DisposeAsync();
        }

        Task UntilAsync(Func<bool> condition) => mesh.UntilAsync(() =>
        {
            if (condition()) return true;
            time.Advance(TimeSpan.FromSeconds(1));
            return false;
        });
    }

    [Fact]
    public async Task Connection_GoesSilent_IsNoticedAndTheClusterComesBackWithWhatChanged()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await TestCluster.StartAsync();
        await using var proxy = FaultProxy.Start(cluster.Server.Address);
        await cluster.AddServiceAsync("orders");
        await using var mesh = new TestMesh(time);
        mesh.AddKubernetesCluster("alpha", o => o.KubeconfigPath = cluster.WriteFile("proxied", proxy.Redirect(cluster.Server.GetKubeconfig())));
        mesh.Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive && sink.Find("orders.sales") is not null);

        proxy.Link.BlackHole();
        await cluster.DeleteServiceAsync("orders");
        await cluster.AddServiceAsync("stock");
        await UntilAsync(() => sink.Cluster.Freshness == ClusterFreshness.Stale && sink.Failure is not null);
        sink.Failure!.ShouldContain("cannot be reached");
        sink.Find("orders.sales").ShouldNotBeNull();

        proxy.Link.Restore();
        proxy.Link.Reset();
        await UntilAsync(() => sink.IsLive && sink.Find("stock.sales") is not null && sink.Find("orders.sales") is null);

        Task UntilAsync(Func<bool> condition) => mesh.UntilAsync(() =>
        {
            if (condition()) return true;
            time.Advance(TimeSpan.FromSeconds(1));
            return false;
        });
    }
}
