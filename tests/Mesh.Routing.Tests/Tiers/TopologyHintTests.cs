using Mesh.Doubles;

namespace Mesh.Tiers;

/// <summary>The caller is on node n1 in zone eu-1 of cluster alpha.</summary>
public sealed class TopologyHintTests
{
    private static readonly Pod OnNode = new("10.0.0.1", "eu", "eu-1", "n1");
    private static readonly Pod InZone = new("10.0.0.2", "eu", "eu-1", "n2");
    private static readonly Pod Elsewhere = new("10.0.0.3", "eu", "eu-2", "n3");

    [Fact]
    public void Pick_AllHaveZoneHints_GoesToThoseForTheCallersZoneWhereverTheyRun()
    {
        using var mesh = World(InZone with { ForZones = "eu-1" }, Elsewhere with { ForZones = "eu-1 eu-2" }, Elsewhere with { Address = "10.0.0.4", ForZones = "eu-2" });

        mesh.Count(200).Keys.Order().ShouldBe(["10.0.0.2", "10.0.0.3"]);
        Tiers(mesh).ShouldBe("same zone: 10.0.0.2 10.0.0.3; same cluster: 10.0.0.4; same region: 10.0.9.1");
        mesh.Router.Explain("orders.sales").TopologyHints.ShouldBe("2 of 3 ready endpoints of the own cluster are meant for zone eu-1: they count as in it, the others come after them");
    }

    [Fact]
    public void Pick_InTheCallersZoneButMeantForAnother_ComesAfterThoseMeantForIt()
    {
        using var mesh = World(InZone with { ForZones = "eu-2" }, OnNode with { ForZones = "eu-2" }, Elsewhere with { ForZones = "eu-1" });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.3");
        Tiers(mesh).ShouldBe("same zone: 10.0.0.3; same cluster: 10.0.0.1 10.0.0.2; same region: 10.0.9.1");
    }

    [Fact]
    public void Pick_ZoneHintsOnTheCallersNode_TheNodeStillComesFirst()
    {
        using var mesh = World(OnNode with { ForZones = "eu-1" }, InZone with { ForZones = "eu-1" });

        Tiers(mesh).ShouldBe("same node: 10.0.0.1; same zone: 10.0.0.2; same region: 10.0.9.1");
    }

    [Fact]
    public void Pick_AllHaveNodeHints_GoesToThoseForTheCallersNodeThenByZoneHint()
    {
        using var mesh = World(
            OnNode with { ForNodes = "n9", ForZones = "eu-1" },
            InZone with { ForNodes = "n1", ForZones = "eu-1" },
            Elsewhere with { ForNodes = "n3", ForZones = "eu-2" });

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.2");
        Tiers(mesh).ShouldBe("same node: 10.0.0.2; same zone: 10.0.0.1; same cluster: 10.0.0.3; same region: 10.0.9.1");
        mesh.Router.Explain("orders.sales").TopologyHints.ShouldBe("1 of 3 ready endpoints of the own cluster are meant for node n1: they come first in it");
    }

    [Fact]
    public void Pick_NodeHintsButNoneForTheCallersNode_ZoneHintsDecide()
    {
        using var mesh = World(Elsewhere with { ForNodes = "n3", ForZones = "eu-1" }, InZone with { ForNodes = "n2", ForZones = "eu-2" });

        Tiers(mesh).ShouldBe("same zone: 10.0.0.3; same cluster: 10.0.0.2; same region: 10.0.9.1");
    }

    [Fact]
    public void Pick_NodeHintsAlone_TheRestGoesByPlaceButNeverBeforeThem()
    {
        using var mesh = World(OnNode with { ForNodes = "n2" }, InZone with { ForNodes = "n1" }, Elsewhere with { ForNodes = "n3" });

        Tiers(mesh).ShouldBe("same node: 10.0.0.2; same zone: 10.0.0.1; same cluster: 10.0.0.3; same region: 10.0.9.1");
    }

    [Theory]
    [InlineData("", "eu-1", "not followed: only 1 of 2 ready endpoints of the own cluster have any")]
    [InlineData("eu-2", "eu-3", "not followed: none is for the caller's zone eu-1")]
    public void Pick_HintsIncompleteOrForOthers_PlaceDecides(string inZone, string elsewhere, string explained)
    {
        using var mesh = World(InZone with { ForZones = inZone }, Elsewhere with { ForZones = elsewhere });

        Tiers(mesh).ShouldBe("same zone: 10.0.0.2; same cluster: 10.0.0.3; same region: 10.0.9.1");
        mesh.Router.Explain("orders.sales").TopologyHints.ShouldBe(explained);
    }

    [Fact]
    public void Pick_OneWithoutAHintIsNotReady_OnlyTheReadyCount()
    {
        using var mesh = World(InZone with { Conditions = Pod.Unready }, OnNode with { Conditions = Pod.Draining, ForZones = "eu-1" }, Elsewhere with { ForZones = "eu-1" });

        Tiers(mesh).ShouldBe("same zone: 10.0.0.3; same region: 10.0.9.1");
    }

    [Fact]
    public void Pick_NothingReadyAnywhere_HintsSayNothing()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part(
            "alpha", InZone with { Conditions = Pod.Draining, ForZones = "eu-2" }, Elsewhere with { Conditions = Pod.Draining, ForZones = "eu-1" }));

        Tiers(mesh).ShouldBe("same zone: 10.0.0.2; same cluster: 10.0.0.3");
        mesh.Router.Explain("orders.sales").TopologyHints.ShouldBeNull();
    }

    [Fact]
    public void Pick_HintsOfAnotherCluster_AreNotForThisCaller()
    {
        using var mesh = World();
        mesh.Service(TestMesh.Part("alpha"), TestMesh.Part("beta", new Pod("10.0.9.1", "eu", "eu-1", ForZones: "eu-2"), new Pod("10.0.9.2", "eu", "eu-2", ForZones: "eu-1")));

        mesh.Count(200).Count.ShouldBe(2);
        mesh.Router.Explain("orders.sales").TopologyHints.ShouldBeNull();
    }

    [Fact]
    public void Pick_ThoseMeantForTheCallerAreEjected_TheOthersOfTheClusterComeBeforeAnotherCluster()
    {
        using var mesh = World(InZone with { ForZones = "eu-2" }, Elsewhere with { ForZones = "eu-1" });
        mesh.Pick();

        mesh.Eject("10.0.0.3");

        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.2");
    }

    [Fact]
    public void Pick_FailoverMode_HintsNarrowTheOwnClusterAlike()
    {
        using var mesh = World(InZone with { ForZones = "eu-2" }, Elsewhere with { ForZones = "eu-1" });
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.Failover });

        Tiers(mesh).ShouldBe("same zone: 10.0.0.3; same cluster: 10.0.0.2; cluster beta: 10.0.9.1");
    }

    [Fact]
    public void Pick_CallerWhoseZoneIsNotKnown_IsTold()
    {
        using var mesh = World(InZone with { ForZones = "eu-1" });
        mesh.Options = mesh.Options with { Caller = new Locality(new ClusterId("alpha"), "eu") };

        mesh.Router.Explain("orders.sales").ToString().ShouldContain("hints   not followed: the caller's zone is not known (Mesh:Locality:Zone)");
    }

    [Theory]
    [InlineData(TrafficDistribution.PreferSameZone, "PreferSameZone, granted: the own cluster's nearest come first")]
    [InlineData(TrafficDistribution.PreferSameNode, "PreferSameNode, granted: the own cluster's nearest come first")]
    public void TrafficDistribution_WithoutHints_IsWhatTiersDoAnyway(TrafficDistribution wish, string explained)
    {
        using var mesh = World(OnNode, InZone, Elsewhere);
        mesh.Service(TestMesh.Part("alpha", OnNode, InZone, Elsewhere) with { Policy = new ServicePolicy { TrafficDistribution = wish } });

        Tiers(mesh).ShouldBe("same node: 10.0.0.1; same zone: 10.0.0.2; same cluster: 10.0.0.3");
        var field = mesh.Router.Explain("orders.sales").Policy.Single(static f => f.Name == nameof(ServicePolicy.TrafficDistribution));
        (field.Value, field.Origin).ShouldBe((explained, PolicyOrigin.Source));
    }

    private static string Tiers(TestMesh mesh) => string.Join("; ", mesh.Router.Explain("orders.sales").Tiers.Select(static t =>
        $"{t.Name}: {string.Join(' ', t.Endpoints.Select(static e => e.Address.Split(':')[0]).Order(StringComparer.Ordinal))}"));

    private static TestMesh World(params Pod[] alpha) =>
        new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", alpha), TestMesh.Part("beta", new Pod("10.0.9.1", "eu", "eu-1", "n1")));
}
