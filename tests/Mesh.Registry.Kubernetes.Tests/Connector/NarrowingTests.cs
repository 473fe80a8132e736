using System.Collections.Concurrent;
using k8s;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Connector;

/// <summary>That narrowing is done by the server, so that a narrowed connector costs it little: told by what it is asked for.</summary>
public sealed class NarrowingTests
{
    [Fact]
    public async Task Nothing_Narrowed_EachTypeIsListedAndWatchedOnceForTheWholeCluster()
    {
        var requests = await RequestsAsync(static _ => { });

        Shown(requests).ShouldBe([
            "list /api/v1/nodes", "list /api/v1/services", "list /apis/discovery.k8s.io/v1/endpointslices",
            "watch /api/v1/nodes", "watch /api/v1/services", "watch /apis/discovery.k8s.io/v1/endpointslices",
        ]);
    }

    [Fact]
    public async Task Namespaces_Named_OnlyTheseAreListedAndWatched()
    {
        var requests = await RequestsAsync(static o => o.Namespaces = ["sales", "default", "sales"]);

        Shown(requests).ShouldBe([
            "list /api/v1/namespaces/default/services", "list /api/v1/namespaces/sales/services", "list /api/v1/nodes",
            "list /apis/discovery.k8s.io/v1/namespaces/default/endpointslices", "list /apis/discovery.k8s.io/v1/namespaces/sales/endpointslices",
            "watch /api/v1/namespaces/default/services", "watch /api/v1/namespaces/sales/services", "watch /api/v1/nodes",
            "watch /apis/discovery.k8s.io/v1/namespaces/default/endpointslices", "watch /apis/discovery.k8s.io/v1/namespaces/sales/endpointslices",
        ]);
    }

    [Fact]
    public async Task Services_Named_TheirSlicesAloneAreAskedFor()
    {
        var requests = await RequestsAsync(static o =>
        {
            o.Namespaces = ["sales"];
            o.Services = ["orders.sales"];
        });

        Of(requests, "/services").ShouldAllBe(static r => r.Contains("fieldSelector=metadata.name=orders", StringComparison.Ordinal));
        Of(requests, "/endpointslices").ShouldAllBe(static r => r.Contains("labelSelector=kubernetes.io/service-name in (orders)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_SeveralNamed_TheirSlicesAloneAreAskedFor()
    {
        var requests = await RequestsAsync(static o => o.Services = ["orders.sales", "stock"]);

        Of(requests, "/services").ShouldAllBe(static r => !r.Contains("fieldSelector", StringComparison.Ordinal));
        Of(requests, "/endpointslices").ShouldAllBe(static r => r.Contains("labelSelector=kubernetes.io/service-name in (orders,stock)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_AllNamedWithTheirNamespace_OnlyTheseNamespacesAreWatched()
    {
        string[] sales =
        [
            "list /api/v1/namespaces/sales/services", "list /api/v1/nodes", "list /apis/discovery.k8s.io/v1/namespaces/sales/endpointslices",
            "watch /api/v1/namespaces/sales/services", "watch /api/v1/nodes", "watch /apis/discovery.k8s.io/v1/namespaces/sales/endpointslices",
        ];

        Shown(await RequestsAsync(static o => o.Services = ["orders.sales", "stock.sales"])).ShouldBe(sales);
        Shown(await RequestsAsync(static o =>
        {
            o.Namespaces = ["default", "sales"];
            o.Services = ["orders.sales"];
        })).ShouldBe(sales);
    }

    [Fact]
    public async Task Services_OneNamedWithoutItsNamespace_EveryConfiguredNamespaceIsWatched()
    {
        var requests = await RequestsAsync(static o =>
        {
            o.Namespaces = ["default", "sales"];
            o.Services = ["orders.sales", "stock"];
        });

        Of(requests, "/services").Select(static r => r.Split('?')[0]).Distinct().Order().ShouldBe(["/api/v1/namespaces/default/services", "/api/v1/namespaces/sales/services"]);
    }

    [Fact]
    public async Task Services_InMoreNamespacesThanAreWorthAWatchEach_TheWholeClusterIsWatched()
    {
        var requests = await RequestsAsync(static o => o.Services = [.. Enumerable.Range(0, 11).Select(static i => $"orders.team-{i}")]);

        Of(requests, "/services").ShouldAllBe(static r => r.StartsWith("/api/v1/services?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LabelSelector_Given_IsTheServersWork()
    {
        var requests = await RequestsAsync(static o => o.LabelSelector = "team=a,tier!=test");

        Of(requests, "/services").ShouldAllBe(static r => r.Contains("labelSelector=team=a,tier!=test", StringComparison.Ordinal));
        Of(requests, "/endpointslices").ShouldAllBe(static r => !r.Contains("labelSelector", StringComparison.Ordinal));
    }

    private static string[] Of(string[] requests, string resource)
    {
        var found = requests.Where(r => r.Split('?')[0].EndsWith(resource, StringComparison.Ordinal)).ToArray();
        found.Length.ShouldBeGreaterThanOrEqualTo(2);
        return found;
    }

    private static string[] Shown(string[] requests) =>
        [.. requests.Where(static r => !r.Contains("sendInitialEvents", StringComparison.Ordinal)).Select(static r => $"{(r.Contains("watch=true", StringComparison.Ordinal) ? "watch" : "list")} {r.Split('?')[0]}").Order(StringComparer.Ordinal)];

    // Until all watches run: a list and a watch of everything there is to ask for, and before them the streamed lists that the server refuses.
    private static async Task<string[]> RequestsAsync(Action<KubernetesClusterOptions> configure)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Faults.WatchList = false;
        var recorder = new Recorder();
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath), recorder);
        await using var mesh = new TestMesh();
        mesh.AddKubernetesCluster("alpha", client, configure);
        mesh.Start();
        await mesh.UntilAsync(() => mesh["alpha"].IsLive && Shown([.. recorder.Requests]).Contains("watch /api/v1/nodes"));
        return [.. recorder.Requests.Where(static r => r.Contains('?', StringComparison.Ordinal))];
    }

    private sealed class Recorder : DelegatingHandler
    {
        public ConcurrentQueue<string> Requests { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Enqueue(Uri.UnescapeDataString(request.RequestUri!.PathAndQuery));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
