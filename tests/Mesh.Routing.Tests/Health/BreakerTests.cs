using Mesh.Doubles;

namespace Mesh.Health;

public sealed class BreakerTests
{
    [Fact]
    public void ConnectFails_ThreeDistinctEndpoints_TheClusterIsDownAndTrafficGoesElsewhere()
    {
        using var mesh = World(6);

        FailConnects(mesh, 1, 2);
        mesh.Count(30).Keys.ShouldAllBe(static a => a.StartsWith("10.0.0.", StringComparison.Ordinal));
        FailConnects(mesh, 3);

        mesh.Count(30).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        var explained = mesh.Router.Explain("orders.sales");
        explained.Tiers[0].IsDown.ShouldBeTrue();
        explained.Clusters.Single(static c => c.Cluster.Name == "alpha").IsDown.ShouldBeTrue();
        explained.Tiers[0].Endpoints.ShouldAllBe(static e => !e.IsUsable);
        explained.Tiers.Select(static t => t.Share).ShouldBe([0, 100]);
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1210 && l.Message.StartsWith("Cluster alpha counts as down for port 80 of orders.sales: connections to 3", StringComparison.Ordinal));
    }

    [Fact]
    public void ConnectFails_TheSameEndpointThrice_TheClusterIsNotDown()
    {
        using var mesh = World(6);

        FailConnects(mesh, 1, 1, 1, 1);

        IsDown(mesh).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, new[] { 1 }, false)]
    [InlineData(1, new[] { 1, 1 }, true)]
    [InlineData(2, new[] { 1, 2 }, true)]
    public void ConnectFails_AllOfAFew_TheClusterIsDown(int size, int[] failing, bool isDown)
    {
        using var mesh = World(size);

        FailConnects(mesh, failing);

        IsDown(mesh).ShouldBe(isDown);
    }

    [Theory]
    [InlineData(AttemptResult.Success)]
    [InlineData(AttemptResult.Overloaded)]
    public void ConnectFails_OneConnectsBetween_CountingBeginsAnew(AttemptResult between)
    {
        using var mesh = World(6);

        FailConnects(mesh, 1, 2);
        mesh.At("10.0.0.4").Report(new AttemptOutcome(between, TimeSpan.FromMilliseconds(1)));
        FailConnects(mesh, 1, 2);

        IsDown(mesh).ShouldBeFalse();
    }

    [Fact]
    public void ConnectFails_MostAreDeadAndOthersAnswer_TheOthersStayInUse()
    {
        using var mesh = World(16);

        // Three fail in a row, again and again; between, one of those that live answers.
        for (var round = 0; round < 4; round++)
        {
            FailConnects(mesh, 1, 2);
            mesh.At("10.0.0.16").Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(1)));
            FailConnects(mesh, 3, 4);
            mesh.At("10.0.0.15").Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(1)));
        }

        FailConnects(mesh, 1, 2, 3, 4);
        IsDown(mesh).ShouldBeFalse();

        // Those that lived die too.
        FailConnects(mesh, 16, 15, 14);
        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void ConnectFails_WhoWasDeadIsBackAndFailsAgain_CountsAgain()
    {
        using var mesh = World(6);
        FailConnects(mesh, 1, 2);
        foreach (var back in (string[])["10.0.0.4", "10.0.0.1", "10.0.0.2"])
        {
            mesh.At(back).Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(1)));
        }

        FailConnects(mesh, 1, 2, 3);

        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void ConnectFails_ClusterIsStale_HalfTheEvidenceSuffices()
    {
        using var mesh = World(6);
        mesh.Cluster("alpha", freshness: ClusterFreshness.Stale);

        FailConnects(mesh, 1);
        IsDown(mesh).ShouldBeFalse();
        FailConnects(mesh, 2);

        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void RequestsFailAfterTheyWereSent_SayNothingOfTheCluster()
    {
        using var mesh = World(6);

        for (var i = 1; i <= 6; i++)
        {
            mesh.At($"10.0.0.{i}").Report(new AttemptOutcome(AttemptResult.Failed));
        }

        IsDown(mesh).ShouldBeFalse();
    }

    [Fact]
    public void ConnectFails_InOneTierOfTheCluster_ThatTierAloneIsDown()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part(
            "alpha",
            [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}", "eu", "eu-1")), .. Enumerable.Range(4, 3).Select(static i => new Pod($"10.0.0.{i}", "eu", "eu-2"))]));
        mesh.Policy(new ServicePolicy { LoadBalancing = "round-robin" });
        mesh.Count(1);

        // The cluster's breaker forgets when the other zone answers; the zone's does not hear of it.
        FailConnects(mesh, 1, 2);
        mesh.At("10.0.0.4").Report(new AttemptOutcome(AttemptResult.Success));
        FailConnects(mesh, 3);

        mesh.Count(60).Keys.Order().ShouldBe(["10.0.0.4", "10.0.0.5", "10.0.0.6"]);
        IsDown(mesh).ShouldBeFalse();
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.IsDown).ShouldBe([true, false]);
    }

    [Fact]
    public void ConnectFails_EndpointsThatHaveLeftTheTier_SayNothingOfIt()
    {
        using var mesh = new TestMesh { Options = new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha"), "eu"), KnownNamespaces = ["sales"], IsConfigured = true, Seed = 7 } };
        mesh.Cluster("alpha", zone: "eu-1").Service(TestMesh.Part(
            "alpha",
            [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}", "eu", "eu-1")), .. Enumerable.Range(4, 3).Select(static i => new Pod($"10.0.0.{i}", "eu", "eu-2")), new Pod("10.0.0.7", "eu", "eu-3")]));
        mesh.Count(1);
        mesh.Explained("10.0.0.1");

        // The caller is in the other zone now: the tier of its zone has other members, though none of them has moved.
        mesh.Cluster("alpha", zone: "eu-2");
        mesh.Count(1);
        FailConnects(mesh, 1, 2);
        mesh.At("10.0.0.7").Report(new AttemptOutcome(AttemptResult.Success));
        FailConnects(mesh, 3);

        mesh.Router.Explain("orders.sales").Tiers.Select(static t => (t.IsDown, t.Endpoints.Length)).ShouldBe([(false, 3), (false, 4)]);
    }

    [Fact]
    public void Down_OneTrialWhenItIsDue_OthersStayAway()
    {
        using var mesh = Down();
        mesh.Time.Advance(TimeSpan.FromMilliseconds(700));
        mesh.Count(30).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");

        mesh.Time.Advance(TimeSpan.FromMilliseconds(300));
        string[] picked = [.. Enumerable.Range(0, 30).Select(_ => mesh.Pick().Endpoint.Cluster.Name)];

        picked[0].ShouldBe("alpha");
        picked.Count(static c => c == "alpha").ShouldBe(1);
    }

    [Fact]
    public void Down_TrialsFail_ComeMoreAndMoreRarely()
    {
        using var mesh = Down();
        var trials = new List<int>();
        for (var tenth = 1; tenth <= 600; tenth++)
        {
            mesh.Time.Advance(TimeSpan.FromMilliseconds(100));
            var lease = mesh.Pick();
            if (lease.Endpoint.Cluster.Name == "alpha")
            {
                trials.Add(tenth);
                TestMesh.Finish(lease, AttemptResult.ConnectFailed);
            }
            else
            {
                TestMesh.Finish(lease);
            }
        }

        // 1, 2, 4, 8, 10, 10 … s, each up to a fifth shorter.
        int[] pauses = [.. trials.Zip(trials.Prepend(0), static (a, b) => a - b)];
        pauses.Length.ShouldBeInRange(7, 9);
        pauses[0].ShouldBeInRange(8, 10);
        pauses[1].ShouldBeInRange(16, 21);
        pauses[2].ShouldBeInRange(32, 41);
        pauses[3].ShouldBeInRange(64, 81);
        pauses[4..].ShouldAllBe(static p => p >= 80 && p <= 101);
    }

    [Fact]
    public void Down_TrialSucceeds_AllTrafficComesBack()
    {
        using var mesh = Down();
        mesh.Time.Advance(TimeSpan.FromSeconds(1));

        // The cluster's trial, then the tier's own.
        TestMesh.Finish(mesh.Pick());
        IsDown(mesh).ShouldBeFalse();
        TestMesh.Finish(mesh.Pick());

        mesh.Count(60).Keys.ShouldAllBe(static a => a.StartsWith("10.0.0.", StringComparison.Ordinal));
        mesh.Count(60).Count.ShouldBe(6);
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1211 && l.Message.StartsWith("Cluster alpha is back", StringComparison.Ordinal));
    }

    [Fact]
    public void Down_OldRequestEndsWell_ProvesNothing()
    {
        using var mesh = World(6);
        var old = mesh.PickAt("10.0.0.5");
        FailConnects(mesh, 1, 2, 3);

        TestMesh.Finish(old);

        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void Down_OldRequestEndsWellWhileATrialIsUnderWay_ProvesNothing()
    {
        using var mesh = World(6);
        var old = mesh.PickAt("10.0.0.5");
        FailConnects(mesh, 1, 2, 3);
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");

        TestMesh.Finish(old);

        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void Down_OpenedAgain_TheTrialOfTheFirstTimeProvesNothing()
    {
        using var mesh = Down();
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        var slow = mesh.Pick();
        mesh.Time.Advance(TimeSpan.FromSeconds(2));
        TestMesh.Finish(mesh.Pick());
        IsDown(mesh).ShouldBeFalse();
        FailConnects(mesh, 4, 5, 6);
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");

        TestMesh.Finish(slow);

        IsDown(mesh).ShouldBeTrue();
    }

    [Fact]
    public void Back_ConnectionsThatWereBegunBeforeFail_DoNotOpenItAgain()
    {
        using var mesh = World(6);
        EndpointLease[] old = [.. Enumerable.Range(1, 3).Select(i => mesh.PickAt($"10.0.0.{i}"))];
        FailConnects(mesh, 1, 2, 3);
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        TestMesh.Finish(mesh.Pick());
        IsDown(mesh).ShouldBeFalse();

        foreach (var lease in old)
        {
            TestMesh.Finish(lease, AttemptResult.ConnectFailed);
        }

        IsDown(mesh).ShouldBeFalse();
    }

    [Fact]
    public void Down_TrialHasBegunToAnswer_TheClusterIsBackBeforeItEnds()
    {
        using var mesh = Down();
        mesh.Time.Advance(TimeSpan.FromSeconds(1));

        mesh.Pick().Answered(TimeSpan.FromMilliseconds(10));

        IsDown(mesh).ShouldBeFalse();
    }

    [Fact]
    public void Down_OnePortIsDead_TheOtherPortsStayUp()
    {
        var ports = (ServicePort[])[new("http", 80), new("grpc", 9090)];
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", [.. ports], [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", [.. ports], new Pod("10.0.1.1")));
        var (http, grpc) = (mesh.RouteOf("http://orders.sales:80"), mesh.RouteOf("http://orders.sales:9090"));
        mesh.Count(1, http);
        mesh.Count(1, grpc);

        foreach (var endpoint in mesh.Router.Endpoints.Where(static e => e.Cluster.Name == "alpha" && e.Port == 8000 + 9090))
        {
            endpoint.Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        }

        mesh.Count(30, grpc).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        mesh.Count(30, http).Keys.ShouldAllBe(static a => a.StartsWith("10.0.0.", StringComparison.Ordinal));
        mesh.Router.Explain("orders.sales:9090").Clusters.Single(static c => c.Cluster.Name == "alpha").IsDown.ShouldBeTrue();
        mesh.Router.Explain("orders.sales:80").Clusters.Single(static c => c.Cluster.Name == "alpha").IsDown.ShouldBeFalse();
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1210 && l.Message.StartsWith("Cluster alpha counts as down for port 9090 of orders.sales:", StringComparison.Ordinal));
    }

    [Fact]
    public void Down_TrialGoesToAnEjectedEndpoint_IsItsProbeToo()
    {
        using var mesh = World(3);
        foreach (var i in (int[])[1, 2, 3])
        {
            mesh.Eject($"10.0.0.{i}", AttemptResult.ConnectFailed);
        }

        IsDown(mesh).ShouldBeTrue();
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        var trial = mesh.Pick();
        trial.Endpoint.Cluster.Name.ShouldBe("alpha");
        TestMesh.Finish(trial);

        trial.Endpoint.IsEjected.ShouldBeFalse();
        IsDown(mesh).ShouldBeFalse();
    }

    [Fact]
    public void Down_EveryClusterIs_ThatIsNoReasonToRefuse()
    {
        using var mesh = World(3);
        FailConnects(mesh, 1, 2, 3);
        mesh.At("10.0.1.1").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        mesh.At("10.0.1.1").Report(new AttemptOutcome(AttemptResult.ConnectFailed));

        mesh.Count(30).Keys.ShouldAllBe(static a => a.StartsWith("10.0.0.", StringComparison.Ordinal));
    }

    [Fact]
    public void Down_EndpointsAreReplaced_TheNewOnesAreTried()
    {
        using var mesh = Down();

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.7"), new Pod("10.0.0.8")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        TestMesh.Finish(mesh.Pick());
        TestMesh.Finish(mesh.Pick());

        mesh.Count(30).Keys.Order().ShouldBe(["10.0.0.7", "10.0.0.8"]);
    }

    private static bool IsDown(TestMesh mesh) => mesh.Router.Explain("orders.sales").Clusters.Single(static c => c.Cluster.Name == "alpha").IsDown;

    private static void FailConnects(TestMesh mesh, params int[] endpoints)
    {
        foreach (var i in endpoints)
        {
            mesh.At($"10.0.0.{i}").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        }
    }

    private static TestMesh World(int size)
    {
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", [.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Policy(new ServicePolicy { LoadBalancing = "round-robin" });
        mesh.Count(1);
        return mesh;
    }

    private static TestMesh Down()
    {
        var mesh = World(6);
        FailConnects(mesh, 1, 2, 3);
        IsDown(mesh).ShouldBeTrue();
        return mesh;
    }
}
