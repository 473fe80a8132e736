using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

public sealed class SilenceTests
{
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
