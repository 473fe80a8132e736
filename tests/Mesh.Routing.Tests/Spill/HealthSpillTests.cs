using Mesh.Doubles;

namespace Mesh.Spill;

/// <summary>Spill-over by health: what counts as a part of a level, what is well, and where the rest goes.</summary>
public sealed class HealthSpillTests
{
    [Theory]
    [InlineData(4, "100 0")]
    [InlineData(3, "100 0")]
    [InlineData(2, "70 30")]
    [InlineData(1, "35 65")]
    [InlineData(0, "0 100")]
    public void Split_SomeOfTheClusterAreEjected_WhatItCannotCarryGoesOn(int healthy, string expected)
    {
        using var mesh = World(Pods(0, 4), Pods(1, 4));
        _ = mesh.Route.Table;
        for (var i = healthy; i < 4; i++)
        {
            mesh.Eject($"10.0.0.{i}");
        }

        Shares(mesh).ShouldBe(expected);
        var far = mesh.Count(2_000).Where(static c => c.Key.StartsWith("10.0.1.", StringComparison.Ordinal)).Sum(static c => c.Value);
        far.ShouldBeInRange((int)(20 * Far(expected)) - 120, (int)(20 * Far(expected)) + 120);

        static double Far(string shares) => double.Parse(shares.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Split_HalfIsNotReady_CountsLikeEjected()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2", Conditions: Pod.Unready)], Pods(1, 2));

        Shares(mesh).ShouldBe("70 30");
    }

    [Fact]
    public void Split_HalfIsOnItsWayOut_IsNotMissed()
    {
        using var mesh = World([new("10.0.0.1"), new("10.0.0.2", Conditions: Pod.Draining), new("10.0.0.3", Conditions: EndpointConditions.Terminating)], Pods(1, 2));

        Shares(mesh).ShouldBe("100 0");
    }

    [Fact]
    public void Split_HalfOfTheOwnNodeIsDown_StaysInTheCluster()
    {
        using var mesh = World([new("10.0.0.1", Zone: "eu-1", Node: "n1"), new("10.0.0.2", Zone: "eu-1", Node: "n1"), new("10.0.0.3", Zone: "eu-2"), new("10.0.0.4", Zone: "eu-2")], Pods(1, 4));
        _ = mesh.Route.Table;

        mesh.Eject("10.0.0.1");

        Names(mesh).ShouldBe("same node 70, same cluster 30, same region 0");
    }

    [Fact]
    public void Split_HalfOfEachOwnTierIsDown_TheClusterAsAWholeCarriesSevenTenths()
    {
        using var mesh = World([new("10.0.0.1", Zone: "eu-1", Node: "n1"), new("10.0.0.2", Zone: "eu-1", Node: "n1"), new("10.0.0.3", Zone: "eu-2"), new("10.0.0.4", Zone: "eu-2")], Pods(1, 4));
        _ = mesh.Route.Table;

        mesh.Eject("10.0.0.1");
        mesh.Eject("10.0.0.3");

        // 70 % of it stay, of these 70 % on the node.
        Names(mesh).ShouldBe("same node 49, same cluster 21, same region 30");
    }

    [Fact]
    public void Split_ZoneWithNobodyReady_IsMissedByTheCluster()
    {
        // One of four: 35 % stay, although the own node is well.
        using var mesh = World([new("10.0.0.1", Zone: "eu-1", Node: "n1"), .. Enumerable.Range(2, 3).Select(static i => new Pod($"10.0.0.{i}", Zone: "eu-2", Conditions: Pod.Unready))], Pods(1, 4));

        Names(mesh).ShouldBe("same node 35, same region 65");
    }

    [Fact]
    public void Split_ZoneElsewhereComesBeforeTheOwnClustersRest_ItsTiersAreNotOneDomain()
    {
        using var mesh = World([new("10.0.0.1", "eu", "eu-1", "n1"), new("10.0.0.2", "eu", "eu-1", "n1"), new("10.0.0.3", "eu", "eu-2")], [new("10.0.1.1", "eu", "eu-1")]);
        mesh.Policy(new ServicePolicy { SpillOver = SpillOver.Health, ZoneBeforeCluster = true });
        _ = mesh.Route.Table;

        mesh.Eject("10.0.0.1");

        Names(mesh).ShouldBe("same node 70, same zone, other cluster 30, same cluster 0");
    }

    [Fact]
    public void Split_ClusterCountsAsDown_ItsEndpointsAreNotWell()
    {
        using var mesh = World(Pods(0, 4), Pods(1, 4));
        _ = mesh.Route.Table;
        for (var i = 0; i < 3; i++)
        {
            mesh.At($"10.0.0.{i}").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        }

        Shares(mesh).ShouldBe("0 100");
    }

    [Fact]
    public void Split_BothInPanic_BySizeAndEjectedAreTakenBack()
    {
        using var mesh = World(Pods(0, 4), Pods(1, 4));
        _ = mesh.Route.Table;
        for (var i = 1; i < 4; i++)
        {
            mesh.Eject($"10.0.0.{i}");
            mesh.Eject($"10.0.1.{i}");
        }

        Shares(mesh).ShouldBe("50 50");
        mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Readmitted).ShouldBe([1, 1]);
    }

    [Fact]
    public void Split_BehindAGateway_WhoIsNotReadyThereCounts()
    {
        using var mesh = World([], [new("10.0.1.1"), new("10.0.1.2", Conditions: Pod.Unready)], [new("10.0.2.1"), new("10.0.2.2")]);
        mesh.Options = mesh.Options with { DialsGateways = true };
        mesh.Policy(new ServicePolicy { SpillOver = SpillOver.Health, Mode = RoutingMode.Failover });
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta"))
        {
            Region = "eu",
            Network = "other",
            Gateway = new GatewayAddress([EndpointAddress.FromIPv4(0xC0000201), EndpointAddress.FromIPv4(0xC0000202)]),
        });

        Names(mesh).ShouldBe("cluster beta 70, cluster gamma 30");
    }

    [Fact]
    public void None_HalfIsEjected_NothingGoesOnWhileAnyIsLeft()
    {
        using var mesh = World(Pods(0, 2), Pods(1, 2));
        mesh.Policy(new ServicePolicy { SpillOver = SpillOver.None });
        _ = mesh.Route.Table;

        mesh.Eject("10.0.0.0");
        Shares(mesh).ShouldBe("100 0");
        mesh.Eject("10.0.0.1");

        Shares(mesh).ShouldBe("0 100");
    }

    [Fact]
    public void Pick_EjectedEndpointOfATierWithAShare_IsProbedWhenItsTimeIsOver()
    {
        using var mesh = World(Pods(0, 2), Pods(1, 2));
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.0");
        mesh.Eject("10.0.1.0");
        mesh.Time.Advance(TimeSpan.FromSeconds(6));

        foreach (var probe in (EndpointLease[])[mesh.Pick(), mesh.Pick()])
        {
            TestMesh.Finish(probe);
        }

        mesh.Router.Endpoints.ShouldAllBe(static e => !e.IsEjected);
        Shares(mesh).ShouldBe("100 0");
    }

    private static TestMesh World(Pod[] alpha, Pod[] beta, Pod[]? gamma = null) =>
        new TestMesh().Cluster("alpha").Cluster("beta").Cluster("gamma").Policy(new ServicePolicy { SpillOver = SpillOver.Health })
            .Service(TestMesh.Part("alpha", alpha), TestMesh.Part("beta", beta), TestMesh.Part("gamma", gamma ?? []));

    private static Pod[] Pods(int third, int count) => [.. Enumerable.Range(0, count).Select(i => new Pod($"10.0.{third}.{i}", Node: $"m{i}"))];

    private static string Shares(TestMesh mesh) => string.Join(' ', mesh.Router.Explain("orders.sales").Tiers.Select(static t => t.Share));

    private static string Names(TestMesh mesh) => string.Join(", ", mesh.Router.Explain("orders.sales").Tiers.Select(static t => $"{t.Name} {t.Share}"));
}
