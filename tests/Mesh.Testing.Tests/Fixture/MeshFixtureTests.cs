using System.Net;
using k8s;

namespace Mesh.Fixture;

public sealed class MeshFixtureTests(ITestOutputHelper output)
{
    private const int Bound = 120_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = Bound)]
    public async Task Start_ThreeClusters_EveryApiServerShowsTheWorld()
    {
        await using var mesh = await StartAsync(m => m
            .Cluster("alpha", region: "eu", zone: "eu-1").Node("n2", zone: "eu-1b")
            .Cluster("beta", region: "eu", zone: "eu-2").Cluster("gamma", region: "us")
            .Service("orders.sales", replicas: 3).Service("stock.sales", replicas: 3).Service("prices.sales", replicas: 3, clusters: ["alpha", "beta"]));

        var slices = await mesh["alpha"].Client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(cancellationToken: Cancelled);
        var orders = slices.Items.Single(slice => slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out var name) && name == "orders");
        orders.Endpoints.Select(e => (e.Addresses.Single(), e.NodeName, e.Zone))
            .ShouldBe(mesh["alpha"].Pods("orders.sales").Select(p => (p.Address.ToString(), p.Node, p.Zone!)), ignoreOrder: true);
        orders.Endpoints.Count(e => e.Zone == "eu-1b").ShouldBe(1);
        var nodes = await mesh["alpha"].Client.CoreV1.ListNodeAsync(cancellationToken: Cancelled);
        nodes.Items.ToDictionary(n => n.Metadata.Name, n => n.Metadata.Labels["topology.kubernetes.io/zone"])
            .ShouldBe(new Dictionary<string, string> { ["n1"] = "eu-1", ["n2"] = "eu-1b" }, ignoreOrder: true);
        mesh["gamma"].Pods("prices.sales").ShouldBeEmpty();
        mesh.Clusters.SelectMany(c => c.Pods()).Select(p => p.Address).ShouldBeUnique();
    }

    [Fact(Timeout = Bound)]
    public async Task Start_UndeclaredCluster_IsRefusedByName() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => MeshFixture.StartAsync(m => m.Cluster("alpha").Service("orders.sales", clusters: ["bta"]), Cancelled)))
            .Message.ShouldBe("Service 'orders.sales' is declared for cluster 'bta', which is not: there are alpha.");

    [Fact]
    public void Declare_Nonsense_IsRefusedAtOnce()
    {
        var builder = new MeshFixtureBuilder();
        Should.Throw<InvalidOperationException>(() => builder.Node("n1"));
        Should.Throw<FormatException>(() => builder.Cluster("Alpha"));
        builder.Cluster("alpha");
        Should.Throw<ArgumentException>(() => builder.Cluster("alpha"));
        Should.Throw<ArgumentException>(() => builder.Node("n1"));
        Should.Throw<FormatException>(() => builder.Service("orders"));
    }

    [Fact(Timeout = Bound)]
    public async Task Unknown_ClusterNodeOrService_IsNamedWithWhatThereIs()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales"));

        Should.Throw<ArgumentException>(() => mesh["beta"]).Message.ShouldContain("there are alpha");
        Should.Throw<ArgumentException>(() => mesh["alpha"].Pods(node: "n7")).Message.ShouldContain("it has n1");
        (await Should.ThrowAsync<ArgumentException>(() => mesh["alpha"].ScaleAsync("stock.sales", 1, Cancelled))).Message.ShouldContain("orders.sales");
    }

    [Fact(Timeout = Bound)]
    public async Task Scale_UpAndDown_SlicesFollow()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Node("n2").Service("orders.sales", replicas: 2));
        var first = mesh["alpha"].Pods();

        await mesh["alpha"].ScaleAsync("orders.sales", 5, Cancelled);
        (await SlicesAsync(mesh["alpha"])).ShouldBe(Addresses(mesh["alpha"].Pods()), ignoreOrder: true);
        mesh["alpha"].Pods(node: "n1").Count.ShouldBe(3);

        await mesh["alpha"].ScaleAsync("orders.sales", 1, Cancelled);
        (await SlicesAsync(mesh["alpha"])).ShouldBe([first[0].Address.ToString()]);
        (await mesh["alpha"].Client.CoreV1.ListNamespacedPodAsync("sales", cancellationToken: Cancelled)).Items.Single().Metadata.Name.ShouldBe(first[0].Name);
        first[1].IsRunning.ShouldBeFalse();

        await mesh["alpha"].ScaleAsync("orders.sales", 0, Cancelled);
        (await SlicesAsync(mesh["alpha"])).ShouldBeEmpty();
    }

    [Fact(Timeout = Bound)]
    public async Task Scale_Above100_MakesASecondSlice()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales", replicas: 101));

        (await SlicesAsync(mesh["alpha"])).Count.ShouldBe(101);
        var slices = await mesh["alpha"].Client.DiscoveryV1.ListNamespacedEndpointSliceAsync("sales", cancellationToken: Cancelled);
        slices.Items.Select(slice => slice.Endpoints.Count).ShouldBe([100, 1], ignoreOrder: true);

        await mesh["alpha"].ScaleAsync("orders.sales", 2, Cancelled);
        (await SlicesAsync(mesh["alpha"])).Count.ShouldBe(2);
    }

    [Fact(Timeout = Bound)]
    public async Task StopPods_SlicesStayAndDialsAreRefused_StartBringsThemBack()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Node("n2").Service("orders.sales", replicas: 4));
        var before = await SlicesAsync(mesh["alpha"]);

        await mesh["alpha"].Pods(node: "n2").StopAsync();

        (await SlicesAsync(mesh["alpha"])).ShouldBe(before);
        mesh["alpha"].Pods().Count(p => p.IsRunning).ShouldBe(2);
        var pod = mesh["alpha"].Pods(node: "n2")[0];
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(mesh, pod.Address));
        await mesh["alpha"].Pods(node: "n2").StartAsync(Cancelled);
        (await GetAsync(mesh, pod.Address)).ShouldBe(pod.Identity);
    }

    [Fact(Timeout = Bound)]
    public async Task Replace_NewPodsWithOtherAddressesOnTheSameNodes()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Node("n2").Service("orders.sales", replicas: 4));
        var before = mesh["alpha"].Pods();

        var after = await before.ReplaceAsync(Cancelled);

        after.Select(p => p.Node).ShouldBe(before.Select(p => p.Node), ignoreOrder: true);
        after.Select(p => p.Address).Intersect(before.Select(p => p.Address)).ShouldBeEmpty();
        (await SlicesAsync(mesh["alpha"])).ShouldBe(Addresses(after), ignoreOrder: true);
        (await GetAsync(mesh, after[0].Address)).ShouldBe(after[0].Identity);
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(mesh, before[0].Address));
    }

    [Fact(Timeout = Bound)]
    public async Task Drain_AnswersWhatIsInThePodBeforeItEnds()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales"));
        var pod = mesh["alpha"].Pods()[0];
        pod.Faults.Hang();
        var request = GetAsync(mesh, pod.Address);
        while (pod.Backend.InFlight == 0) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);

        await mesh["alpha"].Pods().DrainAsync(Cancelled);

        (await SlicesAsync(mesh["alpha"])).ShouldBeEmpty();
        request.IsCompleted.ShouldBeFalse();
        pod.Faults.Clear();
        (await request).ShouldBe(pod.Identity);
    }

    [Fact(Timeout = Bound)]
    public async Task ReuseAddress_AnotherServiceAnswersThere()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales").Service("stock.sales", replicas: 0));
        var orders = mesh["alpha"].Pods("orders.sales")[0];

        var stock = await mesh["alpha"].ReuseAddressAsync("stock.sales", orders, Cancelled);

        stock.Address.ShouldBe(orders.Address);
        (await GetAsync(mesh, orders.Address)).ShouldBe(stock.Identity);
        (await SlicesAsync(mesh["alpha"], "orders")).ShouldBe([orders.Address.ToString()]);
        (await SlicesAsync(mesh["alpha"], "stock")).ShouldBe([orders.Address.ToString()]);
    }

    [Fact(Timeout = Bound)]
    public async Task StopCluster_ApiServerAndPodsEnd_StartBringsTheSameSlicesBack()
    {
        await using var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales", replicas: 2));
        var before = await SlicesAsync(mesh["alpha"]);

        await mesh["alpha"].StopAsync(cancellationToken: Cancelled);

        mesh["alpha"].ApiServer.IsRunning.ShouldBeFalse();
        mesh["alpha"].Pods().ShouldAllBe(p => !p.IsRunning);
        await Should.ThrowAsync<HttpRequestException>(() => SlicesAsync(mesh["alpha"]));
        await mesh["alpha"].StartAsync(Cancelled);
        (await SlicesAsync(mesh["alpha"])).ShouldBe(before);
        (await GetAsync(mesh, mesh["alpha"].Pods()[1].Address)).ShouldBe(mesh["alpha"].Pods()[1].Identity);
    }

    [Fact(Timeout = Bound)]
    public async Task Dispose_NothingIsLeft()
    {
        var mesh = await StartAsync(m => m.Cluster("alpha").Service("orders.sales"));
        var kubeconfig = mesh["alpha"].WriteKubeconfig();
        var backend = mesh["alpha"].Pods()[0].Backend;
        File.Exists(kubeconfig).ShouldBeTrue();

        await mesh.DisposeAsync();

        Directory.Exists(Path.GetDirectoryName(kubeconfig)).ShouldBeFalse();
        backend.IsEnded.ShouldBeTrue();
    }

    private static IEnumerable<string> Addresses(IEnumerable<FixturePod> pods) => pods.Select(pod => pod.Address.ToString());

    private static async Task<BackendIdentity?> GetAsync(MeshFixture mesh, IPAddress address)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellationToken) =>
                mesh.Network.DialAsync(new NetworkPlace("alpha", "n1", MeshFixtureBuilder.SharedNetwork), "test", address, context.DnsEndPoint.Port, cancellationToken),
        });
        using var response = await client.GetAsync(new Uri($"http://{address}:8080/"), Cancelled);
        return BackendIdentity.Read(response);
    }

    private static async Task<IReadOnlyList<string>> SlicesAsync(FixtureCluster cluster, string service = "orders")
    {
        var slices = await cluster.Client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
            "sales", labelSelector: $"kubernetes.io/service-name={service}", cancellationToken: Cancelled);
        return [.. slices.Items.SelectMany(slice => slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses)];
    }

    private Task<MeshFixture> StartAsync(Action<MeshFixtureBuilder> declare) => MeshFixture.StartAsync(
        m =>
        {
            m.Output = output.WriteLine;
            declare(m);
        },
        Cancelled);
}
