using Mesh.Doubles;

namespace Mesh.Explaining;

public sealed class ExplainTests
{
    [Fact]
    public void Explain_Service_SaysHowHostAndPortWereUnderstood()
    {
        using var mesh = World();

        var bare = mesh.Router.Explain("orders.sales");
        var url = mesh.Router.Explain("https://orders.sales.svc.cluster.local:80/v1?x=1");

        bare.Match.Kind.ShouldBe(HostKind.Service);
        bare.Match.Service.ShouldBe(TestMesh.Orders);
        bare.Port!.Port.ShouldBe(80);
        bare.PortReason.ShouldNotBeNullOrEmpty();
        bare.View.ShouldBe(ServiceView.Mesh);
        url.View.ShouldBe(ServiceView.OwnCluster);
        url.Port!.Port.ShouldBe(80);
    }

    [Theory]
    [InlineData("github.com", "not of the mesh, passed on untouched")]
    [InlineData("not a host", "it is neither a host nor a URL")]
    public void Explain_Foreign_SaysWhy(string asked, string expected)
    {
        using var mesh = World();

        var explained = mesh.Router.Explain(asked);

        explained.Match.Kind.ShouldBe(HostKind.Foreign);
        explained.Status.ShouldBeNull();
        explained.ToString().ShouldContain(expected);
    }

    [Fact]
    public void Explain_Service_SaysRevisionAgeCallerAndLoad()
    {
        using var mesh = World();
        mesh.Pick();
        var known = mesh.Catalog.Services.Single();

        var explained = mesh.Router.Explain("orders.sales");

        explained.Revision.ShouldBe(known.Revision);
        explained.Age.ShouldBe(mesh.Time.GetUtcNow() - DateTimeOffset.UnixEpoch);
        explained.Caller.ShouldBe(new Locality(new ClusterId("alpha"), "eu", "eu-1", "n1"));
        explained.CallerNetwork.ShouldBe("vpc");
        explained.InFlight.ShouldBe(1);
        explained.RetriesLeft.ShouldBe(30);
    }

    [Fact]
    public void Explain_Tiers_InOrderWithTheirShares()
    {
        using var mesh = World();

        var tiers = mesh.Router.Explain("orders.sales").Tiers;

        tiers.Select(static t => (t.Name, t.Share)).ShouldBe([("same node", 100), ("same cluster", 0), ("same region", 0), ("cluster delta", 0)]);
        tiers[0].Endpoints.Select(static e => e.Address).ShouldBe(["10.0.0.1:8080", "10.0.0.2:8080"]);
        tiers.ShouldAllBe(static t => !t.IsDown && t.Readmitted == 0);
    }

    [Fact]
    public void Explain_FirstTierGone_TheShareMovesOn()
    {
        using var mesh = World().Policy(new ServicePolicy { SpillOver = SpillOver.Health });
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.1");
        mesh.Eject("10.0.0.2");

        // Of the own cluster's four one is well: 25 % × 1.4.
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Share).ShouldBe([0, 35, 65, 0]);
    }

    [Fact]
    public void Explain_Endpoint_SaysHealthCostAndTheRemainingTime()
    {
        using var mesh = World().Policy(new ServicePolicy { SpillOver = SpillOver.None });
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.2");
        mesh.Time.Advance(TimeSpan.FromSeconds(3));
        var endpoint = mesh.Pick();
        TestMesh.Finish(endpoint, milliseconds: 20);
        mesh.Pick();
        mesh.Pick();

        var (well, ejected) = (mesh.Explained("10.0.0.1"), mesh.Explained("10.0.0.2"));

        (well.IsUsable, well.Health, well.InFlight, well.Weight, well.Failures).ShouldBe((true, "healthy", 2, 1, 0));
        well.Latency!.Value.TotalMilliseconds.ShouldBe(20, 0.01);
        well.Cost!.Value.TotalMilliseconds.ShouldBe(60, 0.01);
        (ejected.IsUsable, ejected.Health, ejected.Failures).ShouldBe((false, "ejected", 5));
        ejected.Reason.ShouldBe("5 failures in a row (gateway-class failure)");
        ejected.EjectedFor!.Value.TotalSeconds.ShouldBeInRange(1, 2);
    }

    [Fact]
    public void Explain_WeightsDiffer_CostIsRelativeToTheTiersMean()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Weight: 3), new Pod("10.0.0.2")));
        _ = mesh.Route.Table;
        foreach (var endpoint in mesh.Router.Endpoints)
        {
            TestMesh.Finish(mesh.PickAt(endpoint.Address.ToString()), milliseconds: 10);
        }

        mesh.PickAt("10.0.0.1");
        mesh.PickAt("10.0.0.1");
        mesh.PickAt("10.0.0.1");

        mesh.Explained("10.0.0.1").RelativeWeight.ShouldBe(1.5);
        mesh.Explained("10.0.0.1").Cost!.Value.TotalMilliseconds.ShouldBe(30, 0.01);
        mesh.Explained("10.0.0.2").RelativeWeight.ShouldBe(0.5);
        mesh.Explained("10.0.0.2").Cost!.Value.TotalMilliseconds.ShouldBe(10, 0.01);
    }

    [Fact]
    public void Explain_ALiveClusterWhoseChangedConnectionIsNotTaken_SaysWhyThereAndInErrors()
    {
        using var mesh = World();
        const string Why = "https://alpha:6443 refuses its credentials (401). The connection in use is kept; the new one is tried again.";
        mesh.Catalog.SetCluster(mesh.Catalog.FindCluster(new ClusterId("alpha"))! with { RenewalFailure = Why });

        var explained = mesh.Router.Explain("orders.sales");

        explained.Clusters.Select(static c => (c.Cluster.Name, c.RenewalFailure)).ShouldBe([("alpha", Why), ("beta", null), ("delta", null), ("far", null)]);
        explained.ToString().ShouldContain($"\n  alpha: its changed connection is not taken: {Why}\n");
        explained.ToJson().ShouldContain($"\"renewalFailure\": \"{Why}\"");
        mesh.Route.DescribeClusters().ShouldContain($"alpha (live; its changed connection is not taken: {Why.TrimEnd('.')}), beta (live)");
    }

    [Fact]
    public void Explain_Clusters_SaysFreshnessReachAndWhatEachBrings()
    {
        using var mesh = World();
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta"))
        {
            Region = "eu",
            Network = "vpc",
            Freshness = ClusterFreshness.Stale,
            Since = mesh.Time.GetUtcNow() - TimeSpan.FromMinutes(3),
            Detail = "connection refused",
            Uid = "u-1",
        });

        var clusters = mesh.Router.Explain("orders.sales").Clusters;

        clusters.Select(static c => (c.Cluster.Name, c.IsOwn, c.Endpoints)).ShouldBe([("alpha", true, 5), ("beta", false, 1), ("delta", false, 1), ("far", false, 1)]);
        var beta = clusters[1];
        (beta.Freshness, beta.Age, beta.Detail, beta.Reach, beta.Advice, beta.Uid).ShouldBe((ClusterFreshness.Stale, TimeSpan.FromMinutes(3), "connection refused", Reach.Direct, null, "u-1"));
        var far = clusters[3];
        far.Reach.ShouldBe(Reach.None);
        far.Advice.ShouldNotBeNull().ShouldContain("Mesh:Clusters:far:Network");
    }

    [Fact]
    public void Explain_LeftOut_SaysEachReason()
    {
        using var mesh = World();
        mesh.Catalog.Problems = [new CatalogProblem("test", new ClusterId("beta"), "EndpointSlice sales/orders-x7", "its address is not one") { Service = TestMesh.Orders }];
        mesh.Service(
            Alpha(),
            TestMesh.Part("beta", new Pod("10.0.1.1")) with { IsExported = false },
            TestMesh.Part("far", new Pod("10.0.4.1")),
            TestMesh.Part("delta", [new ServicePort("admin", 81)], new Pod("10.0.3.1")));

        var leftOut = mesh.Router.Explain("orders.sales").LeftOut.Select(static l => $"{l.Cluster} {l.Subject}: {l.Reason}").ToArray();

        leftOut.ShouldContain("alpha 10.0.0.4:8080: it is not ready");
        leftOut.ShouldContain("alpha 10.0.0.5:8080: its weight is 0");
        leftOut.ShouldContain("beta all of it: the cluster does not export the service");
        leftOut.ShouldContain("delta all of it: the cluster does not expose port 80");
        leftOut.ShouldContain("beta EndpointSlice sales/orders-x7: quarantined: its address is not one");
        leftOut.ShouldContain(static l => l.StartsWith("far 10.0.4.1:8080: ", StringComparison.Ordinal));
        leftOut.Length.ShouldBe(6);
    }

    [Fact]
    public void Explain_Policy_EachFieldWithItsOrigin()
    {
        using var mesh = World();
        mesh.Options = mesh.Options with { DefaultPolicy = new ServicePolicy { MaxRetries = 2 } };
        mesh.Policy(new ServicePolicy { MaxEjectedPercent = 30 });

        var fields = mesh.Router.Explain("orders.sales", new ServicePolicy { Timeout = TimeSpan.FromSeconds(3) }).Policy;

        fields.Select(static f => f.Name).Order().ShouldBe(typeof(ServicePolicy).GetProperties().Where(static p => !p.GetMethod!.IsStatic).Select(static p => p.Name).Order());
        Of("Timeout").ShouldBe(("3 s", PolicyOrigin.Client));
        Of("MaxEjectedPercent").ShouldBe(("30 %", PolicyOrigin.Service));
        Of("MaxRetries").ShouldBe(("2", PolicyOrigin.Configuration));
        Of("LoadBalancing").ShouldBe(("least-request", PolicyOrigin.MeshDefault));

        (string, PolicyOrigin) Of(string name)
        {
            var field = fields.Single(f => f.Name == name);
            return (field.Value, field.Origin);
        }
    }

    [Fact]
    public void Explain_NothingUsable_SaysWhatARequestWouldBeTold()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Conditions: Pod.Unready)));

        var explained = mesh.Router.Explain("orders.sales");

        explained.Status.ShouldBe(PickStatus.NoUsableEndpoint);
        explained.Failure.ShouldNotBeNull().ShouldBe(mesh.Route.Describe(mesh.PickResult()).Message);
        explained.ToString().ShouldContain("FAILS   Service orders.sales has no usable endpoint: 1 in alpha: it is not ready.");
    }

    [Fact]
    public void Explain_NotKnownYet_IsPendingAndNamesTheSource()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");
        mesh.Catalog.Sources = [new CatalogSourceStatus("kubernetes/beta", IsSynced: false, "connection refused.")];

        var explained = mesh.Router.Explain("orders.sales");

        explained.Status.ShouldBe(PickStatus.Pending);
        explained.Wait.ShouldBe("a request would wait up to 30 s for the first state of kubernetes/beta (connection refused), then fail unless the service has come");
        explained.Failure.ShouldNotBeNull().ShouldContain("Source kubernetes/beta fails: connection refused.");
        explained.ToString().ShouldContain("WAITS   a request would wait up to 30 s for");
        explained.ToString().ShouldNotContain("FAILS");
    }

    [Fact]
    public void Explain_KnownWhileAnotherSourceStillConnects_WaitsForThatOneAndThenPicks()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Service(Alpha());
        mesh.Catalog.Sources = [new CatalogSourceStatus("alpha", IsSynced: true, null), new CatalogSourceStatus("beta", IsSynced: false, null), new CatalogSourceStatus("far", IsSynced: false, "refused")];

        var explained = mesh.Router.Explain("orders.sales");

        explained.Status.ShouldBe(PickStatus.Pending);
        explained.Wait.ShouldBe("a request would wait up to 30 s for the first state of beta, then go where the table says");
        explained.Failure.ShouldBeNull();
    }

    [Fact]
    public void Explain_KnownWhileAnotherSourceHasFailed_IsWhatARequestWouldDo()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Service(Alpha());
        mesh.Catalog.Sources = [new CatalogSourceStatus("alpha", IsSynced: true, null), new CatalogSourceStatus("far", IsSynced: false, "refused")];
        mesh.Catalog.WaitsForSync = false;

        var explained = mesh.Router.Explain("orders.sales");

        explained.Status.ShouldBe(PickStatus.Endpoint);
        (explained.Wait, explained.Failure).ShouldBe((null, null));
        explained.ToString().ShouldNotContain("not known yet");
        explained.Tiers[0].Share.ShouldBe(100);
    }

    [Fact]
    public void Explain_RequestsDoNotWait_FailsSayingSo()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");
        mesh.Options = mesh.Options with { InitialSyncTimeout = TimeSpan.Zero };

        var explained = mesh.Router.Explain("orders.sales");

        (explained.Status, explained.Wait).ShouldBe((PickStatus.Pending, null));
        explained.ToString().ShouldContain("FAILS   Service orders.sales is not known yet: the sources have not all delivered their first state, and requests do not wait for them (InitialSyncTimeout is 0).");
    }

    [Fact]
    public void Explain_PicksNothing()
    {
        using var mesh = World();
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.1");
        mesh.Time.Advance(TimeSpan.FromSeconds(5));

        mesh.Router.Explain("orders.sales").ToString().ShouldContain("half-open, the next request probes it");

        mesh.Router.Endpoints.ShouldAllBe(static e => e.InFlight == 0);
        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Explain_Text_IsOneReadableTable()
    {
        using var mesh = World();
        mesh.Policy(new ServicePolicy { MaxRetries = 2, SpillOver = SpillOver.None });
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.2");
        TestMesh.Finish(mesh.Pick(), milliseconds: 12);

        var text = mesh.Router.Explain("orders.sales").ToString();
        TestContext.Current.TestOutputHelper?.WriteLine(text);

        var lines = text.Split('\n');
        lines[0].ShouldBe("orders.sales → orders.sales, port 80 'http'");
        foreach (var head in (string[])["TIERS, nearest first", "CLUSTERS", "LEFT OUT", "POLICY"])
        {
            lines.ShouldContain(head);
        }

        lines.ShouldContain(static l => l.Contains("100 %  same node", StringComparison.Ordinal));
        lines.ShouldContain(static l => l.Contains("10.0.0.1:8080", StringComparison.Ordinal) && l.Contains("healthy", StringComparison.Ordinal) && l.Contains("12 ms × (0 / 1 + 1)", StringComparison.Ordinal));
        lines.ShouldContain(static l => l.Contains("10.0.0.2:8080", StringComparison.Ordinal) && l.Contains("more: 5 failures in a row", StringComparison.Ordinal));
        lines.ShouldContain(static l => l.TrimStart().StartsWith("MaxRetries", StringComparison.Ordinal) && l.EndsWith("Mesh:Services", StringComparison.Ordinal));
        lines.ShouldAllBe(static l => l.Length < 240 && l == l.TrimEnd());
    }

    private static ServiceContribution Alpha() => TestMesh.Part(
        "alpha",
        new Pod("10.0.0.1", "eu", "eu-1", "n1"),
        new Pod("10.0.0.2", "eu", "eu-1", "n1"),
        new Pod("10.0.0.3", "eu", "eu-2", "n3"),
        new Pod("10.0.0.4", Conditions: Pod.Unready),
        new Pod("10.0.0.5", Weight: 0));

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta").Cluster("delta", "us").Cluster("far", "us", network: null).Service(
        Alpha(), TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("delta", new Pod("10.0.3.1")), TestMesh.Part("far", new Pod("10.0.4.1")));
}
