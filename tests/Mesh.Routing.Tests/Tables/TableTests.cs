using System.Collections.Immutable;
using Mesh.Doubles;

namespace Mesh.Tables;

public sealed class TableTests
{
    [Fact]
    public void Pick_NotReady_IsNeverPicked()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2", Conditions: Pod.Unready), new Pod("10.0.0.3", Conditions: EndpointConditions.Serving)));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Pick_ReadyOnlyInAnotherCluster_TerminatingOnesOfTheOwnAreNotUsed()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1", Conditions: Pod.Draining)), TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");
    }

    [Fact]
    public void Pick_NothingReadyAnywhere_TerminatingOnesThatServeAreUsed()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1", Conditions: Pod.Draining), new Pod("10.0.0.2", Conditions: EndpointConditions.Terminating), new Pod("10.0.0.3", Conditions: EndpointConditions.Serving)));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Pick_NobodyReadyOrServing_SaysWhy()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Conditions: Pod.Unready)));

        var failed = mesh.PickResult();

        failed.Status.ShouldBe(PickStatus.NoUsableEndpoint);
        mesh.Route.Describe(failed).Message.ShouldContain("1 in alpha: it is not ready");
    }

    [Fact]
    public void Pick_WeightZero_IsNotPicked()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Weight: 0), new Pod("10.0.0.2")));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.2");
    }

    [Theory]
    [InlineData("vpc", PickStatus.Endpoint)]
    [InlineData("other", PickStatus.Unreachable)]
    [InlineData(null, PickStatus.Unreachable)]
    public void Pick_AnotherCluster_IsReachedWithinTheSameNetworkOnly(string? network, PickStatus expected)
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta", network: network).Service(TestMesh.Part("beta", new Pod("10.0.1.1")));

        var result = mesh.PickResult();

        result.Status.ShouldBe(expected);
        if (expected == PickStatus.Unreachable)
        {
            mesh.Route.Describe(result).Message.ShouldContain("Mesh:Clusters:beta:Network");
        }
    }

    [Fact]
    public void Pick_TwoClustersThatNameNoNetwork_DoNotShareOne()
    {
        using var mesh = new TestMesh().Cluster("alpha", network: null).Cluster("beta", network: null).Service(TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.PickResult().Status.ShouldBe(PickStatus.Unreachable);
    }

    [Fact]
    public void Pick_OwnCluster_IsDirectWithoutANetwork()
    {
        using var mesh = new TestMesh().Cluster("alpha", network: null).Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));

        mesh.Pick().Endpoint.Reach.ShouldBe(Reach.Direct);
    }

    [Fact]
    public void Pick_DirectCluster_IsReachedFromAnywhere()
    {
        using var mesh = new TestMesh().Service(TestMesh.Part("legacy", new Pod("10.0.1.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("legacy")) { IsDirect = true });

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("legacy");
    }

    [Fact]
    public void Pick_ClusterBehindAGatewayAndNoIdentityToShowIt_IsShownButNotPicked()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { Gateway = new GatewayAddress([EndpointAddress.FromIPv4(0xC0000201)]) });

        var failed = mesh.PickResult();

        failed.Status.ShouldBe(PickStatus.Unreachable);
        mesh.Route.Describe(failed).Message.ShouldContain("its gateway is not dialled, since this process has no identity to show it: set Mesh:Identity (TrustDomain, Certificate, Key, TrustBundle)");
        mesh.Router.Explain("orders.sales").Clusters.Single(c => c.Cluster.Name == "beta").Reach.ShouldBe(Reach.Gateway);
    }

    [Fact]
    public void Pick_NetworkBecomesTheSame_TheTableFollows()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta", network: "other").Service(TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.PickResult().Status.ShouldBe(PickStatus.Unreachable);

        mesh.Cluster("beta");

        mesh.PickResult().Status.ShouldBe(PickStatus.Endpoint);
    }

    [Theory]
    [InlineData("http://orders.sales", "10.0.0.1")]
    [InlineData("http://orders.sales.svc.cluster.local", "10.0.0.1")]
    [InlineData("http://orders.sales.svc.clusterset.local", "10.0.1.1")]
    public void Pick_OwnServiceNotExported_IsNoPartOfTheClusterSet(string url, string expected)
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")) with { IsExported = false }, TestMesh.Part("beta", new Pod("10.0.1.1")));

        mesh.Pick(mesh.RouteOf(url)).Endpoint.Address.ToString().ShouldBe(expected);
    }

    [Fact]
    public void Pick_NotExportedByAnotherCluster_IsLeftOut()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("beta", new Pod("10.0.1.1")) with { IsExported = false });

        mesh.PickResult().Status.ShouldBe(PickStatus.UnknownService);
    }

    [Fact]
    public void Pick_ClusterLocal_NeverLeavesTheOwnClusterUnlessWidened()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("beta", new Pod("10.0.1.1")));
        const string Url = "http://orders.sales.svc.cluster.local";

        mesh.PickResult(mesh.RouteOf(Url)).Status.ShouldBe(PickStatus.UnknownService);
        mesh.Pick(mesh.RouteOf(Url, new ServicePolicy { WidenClusterLocal = true })).Endpoint.Cluster.Name.ShouldBe("beta");
    }

    [Fact]
    public void Pick_SameEndpointInTwoSlices_CountsOnce()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        var (old, young) = (TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 1, Conditions: Pod.Unready)), TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 1), new Pod("10.0.0.2")));
        mesh.Service(young with { Segments = [.. young.Segments, .. old.Segments] });

        mesh.Count(400)["10.0.0.1"].ShouldBeInRange(100, 300);
        mesh.Router.Endpoints.Count.ShouldBe(2);
    }

    [Fact]
    public void Pick_StaleClusterClaimsAnAddressThatALiveOneShows_TheLiveOneWins()
    {
        using var mesh = new TestMesh().Cluster("alpha", freshness: ClusterFreshness.Stale).Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.0.1")));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");
    }

    [Fact]
    public void Pick_ClusterGoesStale_NothingMoves()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");

        mesh.Cluster("alpha", freshness: ClusterFreshness.Stale);
        mesh.Catalog.Notify(TestMesh.Orders);
        mesh.Time.Advance(TimeSpan.FromDays(3));

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
    }

    [Fact]
    public void Pick_InvalidContribution_IsLeftOutWithItsReason()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta");
        ImmutableArray<ClusterContribution> parts =
        [
            new("test", new ClusterId("alpha"), new ServiceContribution(TestMesh.Orders) { Ports = TestMesh.Http, Invalid = "it is an ExternalName service" }),
            new("test", new ClusterId("beta"), TestMesh.Part("beta", new Pod("10.0.1.1"))),
        ];
        mesh.Catalog.Set(TestMesh.Orders, parts);

        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("beta");
        mesh.Router.Explain("orders.sales").ToString().ShouldContain("alpha, all of it: it is an ExternalName service");
    }

    [Fact]
    public void Pick_NothingChanged_TheTableIsTheSameObject()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        var table = mesh.Route.Table;
        mesh.Count(20);

        mesh.Route.Table.ShouldBeSameAs(table);
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        mesh.Route.Table.ShouldNotBeSameAs(table);
    }

    [Fact]
    public void Notify_RouteInUse_IsBuiltOffTheRequestPath()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var route = mesh.Route;
        mesh.Pick(route);
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.2")));

        mesh.Catalog.Notify(TestMesh.Orders);

        mesh.Router.Endpoints.ShouldHaveSingleItem().Address.ToString().ShouldBe("10.0.0.2");
    }
}
