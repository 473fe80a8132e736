using Mesh.Doubles;

namespace Mesh.Explaining;

/// <summary>Messages as people read them.</summary>
public sealed class WordingTests
{
    private static readonly ClusterId Alpha = new("alpha");

    [Theory]
    [InlineData("ordrs.sales", "orders.sales")]
    [InlineData("orders.sale", "orders.sales")]
    [InlineData("orders.shop", "orders.sales")]
    public void Describe_UnknownService_SuggestsTheNearest(string asked, string meant)
    {
        using var mesh = World();
        mesh.Options = mesh.Options with { KnownNamespaces = ["sales", "sale", "shop"] };
        mesh.Catalog.Sources = [new CatalogSourceStatus("alpha", IsSynced: true, null)];

        FailureOf(mesh, "http://" + asked).ShouldBe(
            $"No cluster has a service {asked}. Did you mean {meant}? Check the name and namespace, and that its namespace is watched. Clusters: alpha (live).");
    }

    [Fact]
    public void Describe_ManyMadeUpNames_TheCatalogIsReadOnceASecondAndAFewAreLookedFor()
    {
        using var mesh = World();
        var looked = 0;
        mesh.Catalog.OnServices = () => looked++;

        string[] messages = [.. Enumerable.Range(0, 200).Select(i => FailureOf(mesh, $"http://orderz-{i % 100}.sales"))];

        looked.ShouldBe(1);
        messages[0].ShouldBe(messages[100]);
        FailureOf(mesh, "http://ordrs.sales").ShouldNotContain("Did you mean");
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        FailureOf(mesh, "http://ordrs.sales").ShouldContain("Did you mean orders.sales?");
        looked.ShouldBe(2);
    }

    [Fact]
    public void Describe_UnknownServiceLikeNone_SuggestsNothingAndNoExport()
    {
        using var mesh = World();

        var message = FailureOf(mesh, "http://inventory.sales");

        message.ShouldNotContain("Did you mean");
        message.ShouldNotContain("ServiceExport");
    }

    [Fact]
    public void Describe_ClusterDoesNotExportIt_SaysWhereToExport()
    {
        using var mesh = World().Cluster("beta").Service(TestMesh.Part("beta", new Pod("10.0.1.1")) with { IsExported = false });

        FailureOf(mesh, "http://orders.sales").ShouldContain("Check the name and namespace, export it (ServiceExport) in beta, and that its namespace is watched.");
    }

    [Fact]
    public void Describe_NoSource_SaysSo()
    {
        using var mesh = World();

        FailureOf(mesh, "http://inventory.sales").ShouldContain("The mesh has no source, so it knows no service: add one (AddKubernetesCluster, AddFile, Mesh:Clusters).");
    }

    [Fact]
    public void Describe_ServiceWasLeftOutOfTheCatalog_SaysWhyAndNotThatNobodyHasIt()
    {
        using var mesh = World();
        mesh.Catalog.Problems = [new CatalogProblem("test", Alpha, "service big.sales", "It has 60000 endpoints, more than the 50000 allowed (MaxEndpointsPerService). It is not in the catalog.") { Service = ServiceName.Parse("big.sales") }];

        var message = FailureOf(mesh, "http://big.sales");

        message.ShouldStartWith("Service big.sales was left out of the catalog. service big.sales of cluster alpha: It has 60000 endpoints, more than the 50000 allowed (MaxEndpointsPerService).");
        message.ShouldNotContain("No cluster has");
    }

    [Fact]
    public void Describe_NoSuchPort_IsOneSentence()
    {
        using var mesh = World();

        FailureOf(mesh, "http://orders.sales:9999").ShouldBe("Service orders.sales has no port 9999; it has 80 'http'. Clusters: alpha (live).");
        mesh.Router.Explain("orders.sales:9999").ToString().Split('\n').Count(static l => l.Contains("no port 9999", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e6)]
    [InlineData(1e18)]
    public void Seconds_WhateverTheClock_IsATime(double seconds)
    {
        Phrases.Seconds(seconds).ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue);
        Phrases.Seconds(-seconds).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Explain_TimestampsJumpBack_Answers()
    {
        var time = new BackwardTime();
        using var mesh = World();
        using var router = new MeshRouter(mesh.Catalog, mesh.Options, mesh.Pickers, time, mesh.Logger);
        var route = router.GetRoute(router.Match(new Uri("http://orders.sales")));
        var attempts = default(RequestAttempts);
        time.Seconds = 1_000_000;
        var lease = route.Pick(ref attempts, default).Lease;
        lease.ReportLoad(new LoadReport { Utilization = 0.5 });
        TestMesh.Finish(lease);
        time.Seconds = 0;

        var explained = router.Explain("orders.sales");

        explained.Tiers[0].Endpoints[0].Cost.ShouldBe(TimeSpan.MaxValue);
        _ = explained.ToString();
        _ = explained.ToJson();
    }

    [Fact]
    public void Explain_ClustersShareALevel_TheReasonNamesEach()
    {
        using var mesh = World().Cluster("beta").Cluster("gamma");
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.ActiveActive });
        mesh.Count(5);

        mesh.Router.Explain("orders.sales").SpillReason.ShouldNotBeNull().ShouldContain("capacity own cluster + cluster beta + cluster gamma 3 of 3");
    }

    private sealed class BackwardTime : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }

    [Fact]
    public void Explain_ClocksDiffer_NoNegativeAges()
    {
        using var mesh = World();
        mesh.Time.SetUtcNow(mesh.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        mesh.Catalog.SetCluster(new ClusterSnapshot(Alpha) { Freshness = ClusterFreshness.Stale, Since = mesh.Time.GetUtcNow() + TimeSpan.FromSeconds(3) });
        mesh.Catalog.ChangedAt = mesh.Time.GetUtcNow() + TimeSpan.FromSeconds(3);
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));

        var explained = mesh.Router.Explain("orders.sales");

        explained.Age.ShouldBe(TimeSpan.Zero);
        explained.Clusters[0].Age.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Explain_OneFailure_IsSingularAndItsCostIsCalledAPenaltyUntilItHasFaded()
    {
        using var mesh = World();
        mesh.Send(AttemptResult.Failed);

        var text = mesh.Router.Explain("orders.sales").ToString();
        text.ShouldContain("healthy, 1 failure in a row");
        text.ShouldContain(" s (penalty of a failure) × (0 / 1 + 1)");

        mesh.Send();
        mesh.Explained("10.0.0.1").IsPenalty.ShouldBeTrue();
        mesh.Time.Advance(TimeSpan.FromSeconds(31));
        mesh.Send();
        mesh.Explained("10.0.0.1").IsPenalty.ShouldBeFalse();
    }

    [Fact]
    public void Explain_FirstStateHasComeButTheClusterIsNotLiveYet_IsSynced()
    {
        using var mesh = World();
        mesh.Catalog.SetCluster(new ClusterSnapshot(Alpha) { Freshness = ClusterFreshness.Connecting, Since = DateTimeOffset.UnixEpoch });
        mesh.Catalog.Sources = [new CatalogSourceStatus("test", IsSynced: false, null)];
        mesh.Router.Explain("orders.sales").ToString().ShouldContain("connecting for ");

        mesh.Catalog.Sources = [new CatalogSourceStatus("test", IsSynced: true, null)];

        mesh.Router.Explain("orders.sales").ToString().ShouldNotContain("connecting");
        mesh.Router.Explain("orders.sales").Clusters[0].IsSynced.ShouldBeTrue();
        FailureOf(mesh, "http://orders.sales:9999").ShouldEndWith("Clusters: alpha (synced).");
    }

    private static TestMesh World() => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));

    private static string FailureOf(TestMesh mesh, string url)
    {
        var route = mesh.RouteOf(url);
        return route.Describe(mesh.PickResult(route)).Message;
    }
}
