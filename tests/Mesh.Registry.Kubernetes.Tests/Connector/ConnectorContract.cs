using k8s;
using k8s.Models;
using Mesh.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Connector;

/// <summary>What the connector must do on every API server, simulated or real.</summary>
public abstract class ConnectorContract : ProtocolContract
{
    [Fact]
    public async Task Start_ServicesAndSlicesThere_AreContributedWithTheirPlaces()
    {
        await using var cluster = await StartAsync();
        await cluster.AddNodeAsync("n1", "eu", "eu-1");
        await cluster.AddServiceAsync("orders");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1", "10.1.0.2"], change: s =>
        {
            s.Endpoints[0].NodeName = "n1";
            s.Endpoints[0].Zone = "eu-1";
        });

        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsSynced && sink.IsLive);

        sink.Addresses("orders.sales").ShouldBe("10.1.0.1 10.1.0.2");
        sink.Endpoints("orders.sales")[0].Locality.ShouldBe(new Locality(new ClusterId("alpha"), "eu", "eu-1", "n1"));
        sink.Find("orders.sales")!.Ports.ShouldBe([new ServicePort("http", 80, TransportProtocol.Tcp, "http")]);
        sink.Endpoints("orders.sales")[0].Ports.ShouldBe([new EndpointPort("http", 8080)]);
        sink.Cluster.Uid.ShouldNotBeNullOrEmpty();
        sink.Cluster.Version.ShouldBe(cluster.Server.Version);
        sink.Calls.First().ShouldBe("SetCluster Connecting");
        sink.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Changes_WhileRunning_Follow()
    {
        await using var cluster = await StartAsync();
        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive);

        await cluster.AddServiceAsync("orders");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        await mesh.UntilAsync(() => sink.Addresses("orders.sales") == "10.1.0.1");
        await cluster.AddSliceAsync("orders", "orders-b", ["10.1.0.2"]);
        await mesh.UntilAsync(() => sink.Addresses("orders.sales") == "10.1.0.1 10.1.0.2");
        await cluster.ChangeSliceAsync("orders-a", s => s.Endpoints[0].Conditions.Ready = false);
        await mesh.UntilAsync(() => sink.Endpoints("orders.sales").Any(e => !e.Conditions.HasFlag(EndpointConditions.Ready)));
        await cluster.DeleteSliceAsync("orders-a");
        await mesh.UntilAsync(() => sink.Addresses("orders.sales") == "10.1.0.2");
        await cluster.DeleteServiceAsync("orders");
        await mesh.UntilAsync(() => sink.Find("orders.sales") is null);
    }

    [Fact]
    public async Task Nodes_ComeLateChangeTheirLabelsAndGo_TheirEndpointsFollow()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"], change: s => s.Endpoints[0].NodeName = "n1");
        await using var mesh = Mesh(cluster, o => o.Region = "fallback").Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive);
        sink.Endpoints("orders.sales").Single().Locality.Region.ShouldBe("fallback");

        await cluster.AddNodeAsync("n1", "us");

        await mesh.UntilAsync(() => sink.Endpoints("orders.sales").Single().Locality.Region == "us");
        await cluster.Client.CoreV1.PatchNodeAsync(
            new V1Patch("""{"metadata":{"labels":{"topology.kubernetes.io/region":"asia"}}}""", V1Patch.PatchType.MergePatch), "n1", cancellationToken: TestContext.Current.CancellationToken);
        await mesh.UntilAsync(() => sink.Endpoints("orders.sales").Single().Locality.Region == "asia");
        await cluster.Client.CoreV1.DeleteNodeAsync("n1", cancellationToken: TestContext.Current.CancellationToken);
        await mesh.UntilAsync(() => sink.Endpoints("orders.sales").Single().Locality.Region == "fallback");
    }

    [Fact]
    public async Task ApiServer_StopsAndComesBackWithOtherEndpoints_IsStaleMeanwhileAndThenRight()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        await cluster.AddServiceAsync("old");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"]);
        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive);

        await cluster.Server.StopAsync(TestContext.Current.CancellationToken);
        await mesh.UntilAsync(() => sink.Cluster.Freshness == ClusterFreshness.Stale && sink.Failure is not null);
        sink.Failure!.ShouldContain(cluster.Server.Address.Authority);
        sink.Cluster.Detail.ShouldNotBeNull();
        sink.Addresses("orders.sales").ShouldBe("10.1.0.1");

        await cluster.Server.StartAsync(TestContext.Current.CancellationToken);
        await cluster.DeleteServiceAsync("old");
        await cluster.AddSliceAsync("orders", "orders-b", ["10.1.0.2"]);
        await mesh.UntilAsync(() => sink.IsLive && sink.Addresses("orders.sales") == "10.1.0.1 10.1.0.2" && sink.Find("old.sales") is null);
        sink.Failure.ShouldBeNull();
        sink.Calls.Count(c => c.StartsWith("Reset", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task ApiServer_DownAtStart_IsNamedAndTheClusterJoinsWhenItComes()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        await cluster.Server.StopAsync(TestContext.Current.CancellationToken);
        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.Failure is not null);
        sink.Failure!.ShouldContain($"The API server of cluster alpha at {cluster.Server.Address.GetLeftPart(UriPartial.Authority)} cannot be reached");
        sink.IsSynced.ShouldBeFalse();
        sink.Cluster.Freshness.ShouldBe(ClusterFreshness.Connecting);

        await cluster.Server.StartAsync(TestContext.Current.CancellationToken);

        await mesh.UntilAsync(() => sink.IsSynced && sink.IsLive && sink.Find("orders.sales") is not null);
        sink.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Objects_OddButAllowed_AreTakenAsFarAsTheyCanBeUsed()
    {
        await using var cluster = await StartAsync();
        foreach (var name in new[] { "portless", "twice", "named", "six" }) await cluster.AddServiceAsync(name);
        await cluster.AddServiceAsync("none", change: s => (s.Spec.ClusterIP, s.Spec.Ports) = ("None", null));
        await cluster.AddSliceAsync("portless", "portless-a", ["10.1.0.1"], change: s => s.Ports = null);
        await cluster.AddSliceAsync("twice", "twice-a", ["10.1.0.1", "10.1.0.2"]);
        await cluster.AddSliceAsync("twice", "twice-b", ["10.1.0.2"]);
        await cluster.AddSliceAsync("named", "named-a", ["pod.example.com"], change: s => s.AddressType = "FQDN");
        await cluster.AddSliceAsync("six", "six-a", ["fd00::1"], change: s => s.AddressType = "IPv6");

        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive && sink.Services.Count(static s => s.Namespace == "sales") == 5 && sink.Addresses("six.sales") != "" && sink.Problems.Count >= 2);

        sink.Problems["EndpointSlice sales/portless-a"].Message.ShouldContain("no port with a number");
        sink.Problems["EndpointSlice sales/named-a"].Message.ShouldContain("addressType FQDN is not routed to");
        sink.Addresses("portless.sales").ShouldBe("");
        sink.Addresses("named.sales").ShouldBe("");
        sink.Addresses("twice.sales").ShouldBe("10.1.0.1 10.1.0.2 10.1.0.2", "the catalog merges slices, the connector hands them over");
        sink.Addresses("six.sales").ShouldBe("fd00::1");
        sink.Find("none.sales")!.Invalid!.ShouldContain("none.sales has no ports");
    }

    [Fact]
    public async Task Slices_OfTenThousandEndpoints_AreAllTaken()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        for (var i = 0; i < 10; i++) await cluster.AddSliceAsync("orders", $"orders-{i}", Enumerable.Range(0, 1_000).Select(j => $"10.{i}.{j >> 8}.{j & 255}"));

        await using var mesh = Mesh(cluster).Start();

        await mesh.UntilAsync(() => mesh["alpha"].IsLive && mesh["alpha"].Endpoints("orders.sales").Distinct().Count() == 10_000);
    }

    [Fact]
    public async Task Permissions_ExactlyThoseNeeded_Suffice()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        await cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"), ("discovery.k8s.io", "endpointslices"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];

        // A first list comes from the server's cache, which may lag behind a write just made; the watch brings what it lacks.
        await mesh.UntilAsync(() => sink.IsLive && sink.Find("orders.sales") is not null);

        sink.Cluster.Uid.ShouldNotBeNull();
        sink.Problems.ShouldBeEmpty();
        sink.Failures.ShouldAllBe(f => f == null);
    }

    [Fact]
    public async Task Permissions_SlicesMissing_AreNamedWithVerbResourceAndCluster()
    {
        await using var cluster = await StartAsync();
        await cluster.GrantAsync("reader", null, ("", "services"), ("", "nodes"), ("", "namespaces"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster).Start();
        var sink = mesh["alpha"];

        await mesh.UntilAsync(() => sink.Failure is not null);

        sink.Failure!.ShouldContain("cluster alpha");
        sink.Failure!.ShouldContain("watch endpointslices.discovery.k8s.io");
        sink.Failure!.ShouldContain("Grant list and watch");
        sink.IsSynced.ShouldBeFalse();
        sink.Cluster.Freshness.ShouldBe(ClusterFreshness.Connecting);
    }

    [Fact]
    public async Task Permissions_NamespacedRole_SufficesWithoutNodes()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders");
        await cluster.AddServiceAsync("other", "default");
        await cluster.AddSliceAsync("orders", "orders-a", ["10.1.0.1"], change: s => s.Endpoints[0].NodeName = "n1");
        await cluster.GrantAsync("reader", "sales", ("", "services"), ("discovery.k8s.io", "endpointslices"));
        cluster.WriteKubeconfig("reader");
        await using var mesh = Mesh(cluster, o => o.Namespaces = ["sales"]).Start();
        var sink = mesh["alpha"];

        await mesh.UntilAsync(() => sink.IsLive && sink.Problems.ContainsKey("Nodes"));

        sink.Services.ShouldBe([ServiceName.Parse("orders.sales")]);
        sink.Endpoints("orders.sales").Single().Locality.Region.ShouldBeNull();
        sink.Cluster.Uid.ShouldBeNull();
        sink.Problems["Nodes"].Message.ShouldContain("no region");
    }

    [Fact]
    public async Task Credentials_Wrong_AreRefusedByNameAndWithoutTheSecret()
    {
        await using var cluster = await StartAsync();
        var text = System.Text.RegularExpressions.Regex.Replace(cluster.Server.GetKubeconfig(), "(?m)^    (token|client-[a-z-]*): .*$", "");
        await using var mesh = Mesh(cluster, o => o.KubeconfigPath = cluster.WriteFile("wrong", text.Replace("  user:\n", "  user:\n    token: sesame-open\n", StringComparison.Ordinal))).Start();
        var sink = mesh["alpha"];

        await mesh.UntilAsync(() => sink.Failure is not null);

        sink.Failure!.ShouldContain("401");
        sink.Failure!.ShouldContain("cluster alpha", Case.Insensitive);
        mesh.Logs.GetSnapshot().ShouldAllBe(l => !l.Message.Contains("sesame"));
        sink.Failure!.ShouldNotContain("sesame");
    }

    [Fact]
    public async Task Services_Named_AreTheOnlyOnes()
    {
        await using var cluster = await StartAsync();
        foreach (var name in new[] { "orders", "stock", "other" })
        {
            await cluster.AddServiceAsync(name);
            await cluster.AddSliceAsync(name, $"{name}-a", ["10.1.0.1"]);
        }

        await using var mesh = Mesh(cluster, o => o.Services = ["orders.sales", "stock"]).Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive);

        sink.Services.ShouldBe([ServiceName.Parse("orders.sales"), ServiceName.Parse("stock.sales")]);
        sink.Addresses("stock.sales").ShouldBe("10.1.0.1");
    }

    [Fact]
    public async Task LabelSelector_Given_NarrowsTheServices()
    {
        await using var cluster = await StartAsync();
        await cluster.AddServiceAsync("orders", change: s => s.Metadata.Labels = new Dictionary<string, string> { ["team"] = "a" });
        await cluster.AddServiceAsync("other");
        await using var mesh = Mesh(cluster, o => o.LabelSelector = "team=a").Start();
        var sink = mesh["alpha"];
        await mesh.UntilAsync(() => sink.IsLive);

        sink.Services.ShouldBe([ServiceName.Parse("orders.sales")]);
    }

    [Fact]
    public async Task SameCluster_UnderTwoNames_IsRefused()
    {
        await using var cluster = await StartAsync();
        await using var mesh = new TestMesh();
        mesh.AddKubernetesCluster("alpha", o => o.KubeconfigPath = cluster.KubeconfigPath).AddKubernetesCluster("beta", o => o.KubeconfigPath = cluster.KubeconfigPath);
        mesh.Start();

        await mesh.UntilAsync(() => mesh.Sinks.Values.Any(s => s.IsLive) && mesh.Sinks.Values.Any(s => s.Failure is not null));

        var refused = mesh.Sinks.Values.Single(s => s.Failure is not null);
        refused.Failure!.ShouldContain("is the same as cluster");
        refused.IsSynced.ShouldBeFalse();
    }

    [Fact]
    public async Task CustomResources_WatchedWithADecoderOfOnesOwn_AreToldWithTheDeletionsOfANewList()
    {
        await using var cluster = await StartAsync();
        await using var proxy = FaultProxy.Start(cluster.Server.Address);
        await CustomResource.ServeAsync(cluster);
        foreach (var name in new[] { "a", "b" }) await CustomResource.AddAsync(cluster, name, "1");
        var watch = new KubernetesWatch<string>(
            new KubernetesClusterOptions { KubeconfigPath = cluster.WriteFile("proxied", proxy.Redirect(cluster.Server.GetKubeconfig())) }, CustomResource.Type, CustomResource.Decode,
            new KubernetesWatchOptions { Namespace = "sales" });
        await using var follower = new WatchFollower<string>(watch);

        await follower.UntilAsync("a=1 b=1", synced: 1);
        await CustomResource.AddAsync(cluster, "c", "1");
        await CustomResource.DeleteAsync(cluster, "a");
        await follower.UntilAsync("b=1 c=1", synced: 1);

        // Cut, and no black hole: what is under way in one arrives after all, and the watch goes on without a new list.
        proxy.Link.Cut();
        await CustomResource.DeleteAsync(cluster, "b");
        await CustomResource.AddAsync(cluster, "d", "1");
        await ForgetHistoryAsync(cluster);
        await CustomResource.AddAsync(cluster, "e", "1");
        proxy.Link.Restore();

        await follower.UntilAsync("c=1 d=1 e=1", synced: 2);
        follower.Changes.ShouldContain(static c => c.Kind == KubernetesChangeKind.Deleted && c.Name == "b");
        follower.Changes.Count(static c => c.Name == "c").ShouldBe(1, "what did not change is not told again");

        // The list is told before the watch after it is open.
        await Until.TrueAsync(() => watch.Health.Freshness == ClusterFreshness.Live, () => $"{watch.Health}");
        foreach (var name in new[] { "c", "d", "e" }) await CustomResource.DeleteAsync(cluster, name);
    }

    // A server that starts anew has no history: its cache begins with what there is.
    private static async Task ForgetHistoryAsync(TestCluster cluster)
    {
        if (cluster.Server is SimulatedKubernetesServer simulated)
        {
            simulated.Faults.Compact();
            return;
        }

        await cluster.Server.StopAsync(TestContext.Current.CancellationToken);
        await cluster.Server.StartAsync(TestContext.Current.CancellationToken);
        await CustomResource.ServeAsync(cluster);
    }

    private static TestMesh Mesh(TestCluster cluster, Action<KubernetesClusterOptions>? configure = null)
    {
        var mesh = new TestMesh();
        mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = cluster.KubeconfigPath;
            configure?.Invoke(o);
        });
        return mesh;
    }
}
