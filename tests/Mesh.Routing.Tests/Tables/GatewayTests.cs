using System.Collections.Immutable;
using Mesh.Doubles;

namespace Mesh.Tables;

/// <summary>A cluster in another network: each address of its gateway is a candidate, and together they weigh what is behind.</summary>
public sealed class GatewayTests
{
    private const string First = "192.0.2.1";
    private const string Second = "192.0.2.2";

    [Fact]
    public void Pick_ClusterInAnotherNetwork_GoesToTheAddressesOfItsGateway()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(5)));

        mesh.Count(200).Keys.Order().ShouldBe([First, Second]);
        var gateway = mesh.At(First);
        gateway.Port.ShouldBe(15443);
        gateway.ServicePort.ShouldBe(80);
        gateway.Reach.ShouldBe(Reach.Gateway);
        gateway.Weight.ShouldBe(3);
        mesh.At(Second).Weight.ShouldBe(2);
    }

    [Fact]
    public void Pick_PodsBesideAGateway_EachGetsTheShareOfWhatItStandsFor()
    {
        // Ten pods of the region that are dialled, and forty behind two addresses: in one tier.
        using var mesh = World(TestMesh.Part("gamma", Pods(10, third: 2)), TestMesh.Part("beta", Pods(40)));
        mesh.Cluster("gamma").Policy(new ServicePolicy { LoadBalancing = "random" });

        var counts = mesh.Count(10_000);

        var behind = counts[First] + counts[Second];
        behind.ShouldBeInRange(7_700, 8_300);
        counts[First].ShouldBeInRange(3_700, 4_300);
    }

    [Fact]
    public void Pick_MorePodsBecomeReady_TheGatewayWeighsMore()
    {
        using var mesh = World(TestMesh.Part("beta", [.. Pods(2), new Pod("10.0.1.9", Conditions: Pod.Unready)]));
        mesh.Count(20);
        (mesh.At(First).Weight + mesh.At(Second).Weight).ShouldBe(2);
        var before = mesh.At(First);

        mesh.Service(TestMesh.Part("beta", Pods(9)));
        mesh.Count(20);

        (mesh.At(First).Weight + mesh.At(Second).Weight).ShouldBe(9);
        mesh.At(First).ShouldBeSameAs(before);
        before.IsRetired.ShouldBeFalse();
    }

    [Fact]
    public void Pick_NobodyReadyBehind_TheGatewayIsLeftOutWhileOthersAre()
    {
        using var mesh = World(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1", Conditions: Pod.Draining)));

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.Router.Explain("orders.sales").LeftOut.Select(static l => l.Reason).ShouldContain("it is terminating, and others are ready");

        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1", Conditions: Pod.Draining)));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");
    }

    [Fact]
    public void Pick_TwoPortsOfOneService_HaveAStateEach()
    {
        ImmutableArray<ServicePort> ports = [new ServicePort("http", 80), new ServicePort("admin", 81)];
        using var mesh = World(TestMesh.Part("beta", ports, Pods(2)));

        var http = mesh.Pick(mesh.RouteOf("http://orders.sales")).Endpoint;
        var admin = mesh.Pick(mesh.RouteOf("http://orders.sales:81")).Endpoint;

        (http.ServicePort, admin.ServicePort).ShouldBe((80, 81));
        http.ShouldNotBeSameAs(admin);
    }

    [Fact]
    public void Pick_GatewayMoves_TheOldAddressRetiresAndTheNewOneIsDialled()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(2)));
        mesh.Count(20);
        var (old, kept) = (mesh.At(First), mesh.At(Second));

        Gateway(mesh, Second, "192.0.2.3");

        mesh.Count(200).Keys.Order().ShouldBe([Second, "192.0.2.3"]);
        old.IsRetired.ShouldBeTrue();
        kept.IsRetired.ShouldBeFalse();
    }

    [Fact]
    public void Pick_GatewayIsTakenAway_OutOfReachAsBefore()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(2)));
        mesh.Count(20);
        var gateway = mesh.At(First);

        mesh.Cluster("beta", network: "far");

        mesh.PickResult().Status.ShouldBe(PickStatus.Unreachable);
        gateway.IsRetired.ShouldBeTrue();
    }

    [Fact]
    public void Pick_OwnClusterHasPods_TheGatewayIsAFurtherTier()
    {
        using var mesh = World(TestMesh.Part("alpha", new Pod("10.0.0.1", Node: "n1")), TestMesh.Part("beta", Pods(2)));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Name).ShouldBe(["same node", "same region"]);
    }

    [Fact]
    public void Place_PodsBehindAreInOneZone_TheGatewayIsThere()
    {
        using var mesh = World(TestMesh.Part("beta", new Pod("10.0.1.1", Zone: "eu-2"), new Pod("10.0.1.2", Zone: "eu-2")));
        mesh.Pick().Endpoint.Locality.ShouldBe(new Locality(new ClusterId("beta"), "eu", "eu-2"));

        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1", Zone: "eu-2"), new Pod("10.0.1.2", Zone: "eu-3")));

        mesh.Pick().Endpoint.Locality.ShouldBe(new Locality(new ClusterId("beta"), "eu"));
    }

    [Fact]
    public void Failed_BehindTheGateway_IsCountedApartFromTheGateway()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(4)), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Region = "us", Network = "vpc" });
        Gateway(mesh, First);
        for (var i = 0; i < 5; i++)
        {
            mesh.Send(AttemptResult.UpstreamFailed).Cluster.Name.ShouldBe("beta");
        }

        // What is behind it has failed: requests go elsewhere, and the gateway is not ejected.
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.2.1");
        mesh.At(First).IsEjected.ShouldBeFalse();
        mesh.Explained(First).Health.ShouldBe("what is behind it fails");
        mesh.Explained(First).Reason.ShouldBe("5 failures in a row");
        mesh.Logger.Lines.Count(static l => l.Id == 1212).ShouldBe(1);
        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1200);
    }

    [Fact]
    public void Failed_BehindTheGateway_ATrialThatSucceedsBringsItBack()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(4)), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Region = "us", Network = "vpc" });
        for (var i = 0; i < 5; i++)
        {
            mesh.Send(AttemptResult.UpstreamFailed);
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(1.1));
        mesh.Send(AttemptResult.UpstreamFailed).Cluster.Name.ShouldBe("beta");
        mesh.Send().Cluster.Name.ShouldBe("gamma");
        mesh.Time.Advance(TimeSpan.FromSeconds(2.1));
        mesh.Send().Cluster.Name.ShouldBe("beta");

        mesh.Send().Cluster.Name.ShouldBe("beta");
        mesh.Logger.Lines.Count(static l => l.Id == 1213).ShouldBe(1);
    }

    [Fact]
    public void Failed_BehindTheGateway_ATrialThatHasBegunToAnswerBringsItBack()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(4)), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Region = "us", Network = "vpc" });
        for (var i = 0; i < 5; i++)
        {
            mesh.Send(AttemptResult.UpstreamFailed);
        }

        // A gRPC stream that lasts for hours: how it ends nobody knows yet.
        mesh.Time.Advance(TimeSpan.FromSeconds(1.1));
        var stream = mesh.Pick();
        stream.Endpoint.Cluster.Name.ShouldBe("beta");
        stream.Answered(TimeSpan.FromMilliseconds(10));

        mesh.Send().Cluster.Name.ShouldBe("beta");
        mesh.Logger.Lines.Count(static l => l.Id == 1213).ShouldBe(1);
    }

    [Fact]
    public void Failed_BehindTheGateway_TooFewOfManySucceed_OpensToo()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(4)), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Region = "us", Network = "vpc" });
        for (var i = 0; i < 22; i++)
        {
            mesh.Send(i % 3 == 0 ? AttemptResult.UpstreamFailed : AttemptResult.Success);
        }

        mesh.Logger.Lines.Where(static l => l.Id == 1212).ShouldHaveSingleItem().Message.ShouldContain("requests in 30 s succeeded");
    }

    [Fact]
    public void Failed_TheGatewayItself_IsEjectedAndTheOtherAddressServes()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(4)));
        mesh.Count(20);

        mesh.Eject(First);

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe(Second);
        mesh.Explained(Second).Health.ShouldBe("healthy");
        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1212);
    }

    [Fact]
    public void Failed_NoConnectionToAnyAddress_TheClusterCountsAsDown()
    {
        using var mesh = World(TestMesh.Part("beta", Pods(40)), TestMesh.Part("gamma", new Pod("10.0.2.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("gamma")) { Region = "us", Network = "vpc" });
        mesh.Count(20);

        mesh.At(First).Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        mesh.At(Second).Report(new AttemptOutcome(AttemptResult.ConnectFailed));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.2.1");
    }

    [Fact]
    public void UpstreamFailed_OfAnEndpointThatIsNoGateway_CountsAsItsOwn()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        mesh.Count(10);

        mesh.Eject("10.0.0.1", AttemptResult.UpstreamFailed);
    }

    [Fact]
    public void Explain_Gateway_ShowsWhoIsBehindAndTheWeight()
    {
        using var mesh = World(TestMesh.Part("beta", [.. Pods(4), new Pod("10.0.1.9", Conditions: Pod.Unready)]));

        var explained = mesh.Explained(First);

        explained.Reach.ShouldBe(Reach.Gateway);
        explained.Weight.ShouldBe(2);
        explained.Behind.Length.ShouldBe(5);
        explained.Behind.Count(static b => b.IsCounted).ShouldBe(4);
        var explanation = mesh.Router.Explain("orders.sales");
        explanation.LeftOut.ShouldHaveSingleItem().Subject.ShouldBe("10.0.1.9:8080");
        explanation.Clusters.Single(static c => c.Cluster.Name == "beta").Advice.ShouldBeNull();
        var text = explanation.ToString();
        text.ShouldContain("gateway 192.0.2.1:15443");
        text.ShouldContain("→ 10.0.1.1:8080");
        text.ShouldContain("→ and 1 more");
    }

    private static Pod[] Pods(int count, int third = 1) => [.. Enumerable.Range(1, count).Select(i => new Pod($"10.0.{third}.{i}"))];

    private static TestMesh World(params ServiceContribution[] parts)
    {
        var mesh = new TestMesh().Cluster("alpha").Service(parts);
        mesh.Options = mesh.Options with { DialsGateways = true };
        Gateway(mesh, First, Second);
        return mesh;
    }

    private static void Gateway(TestMesh mesh, params string[] hosts) =>
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta"))
        {
            Region = "eu",
            Network = "far",
            Gateway = new GatewayAddress([.. hosts.Select(static h => EndpointAddress.Parse(h))]),
        });
}
