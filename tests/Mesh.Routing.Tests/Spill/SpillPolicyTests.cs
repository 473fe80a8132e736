using Mesh.Doubles;

namespace Mesh.Spill;

/// <summary>Policies that change while the rule of capacity is at work.</summary>
public sealed class SpillPolicyTests
{
    private static readonly string[] Alpha = ["10.0.0.1", "10.0.0.2"];

    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(600, 0)]
    public void Policy_SlowStartChangesDuringALoss_HoldsOfTheReturn(int seconds, double least)
    {
        using var mesh = World();
        Seconds(mesh, 20);
        Withdraw(mesh, slowStart: null);
        Seconds(mesh, 10);

        Withdraw(mesh, TimeSpan.FromSeconds(seconds));
        Seconds(mesh, 2);
        Service(mesh, TimeSpan.FromSeconds(seconds), [.. Alpha.Select(static a => new Pod(a))]);
        Seconds(mesh, 8);

        mesh.Route.Table.Shares[0].ShouldBeInRange(least, least + 0.6);
        (mesh.Route.Table.Shares[0] > 0.2).ShouldBe(seconds == 0);
    }

    [Fact]
    public void Policy_SlowStartChangesDuringALoss_SharesGoOnFromWhatIsKnown()
    {
        using var mesh = World();
        Seconds(mesh, 20, own: 0.9, others: 0.85);
        Array.ForEach(Alpha, a => mesh.Eject(a));
        Seconds(mesh, 3, others: 0.85);
        var before = mesh.Route.Table.Shares;

        Service(mesh, TimeSpan.FromSeconds(5), [.. Alpha.Select(static a => new Pod(a))]);

        mesh.Route.Policy.SlowStart.ShouldBe(TimeSpan.FromSeconds(5));
        before[1].ShouldBeInRange(0.1, 0.9);
        mesh.Route.Table.Shares.DistanceTo(before).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Policy_Changes_TheRuleThatNobodyFollowsAnyMoreIsForgotten()
    {
        using var mesh = World();
        var client = mesh.RouteOf("http://orders.sales", new ServicePolicy { SlowStart = TimeSpan.FromSeconds(3) });
        mesh.Pick(client).Release();
        Seconds(mesh, 3);
        mesh.Route.State.Spills.Count.ShouldBe(2);

        Service(mesh, TimeSpan.FromSeconds(5), [.. Alpha.Select(static a => new Pod(a))]);
        mesh.Pick(client).Release();
        Seconds(mesh, 3);

        // The client's own, and the new one.
        mesh.Route.State.Spills.Count.ShouldBe(2);
    }

    private static TestMesh World()
    {
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta", "us").Cluster("gamma", "ap");
        Service(mesh, null, [.. Alpha.Select(static a => new Pod(a))]);
        return mesh;
    }

    // The own cluster has nobody any more.
    private static void Withdraw(TestMesh mesh, TimeSpan? slowStart) => Service(mesh, slowStart, []);

    private static void Service(TestMesh mesh, TimeSpan? slowStart, Pod[] own) => mesh.Service(
        TestMesh.Part("alpha", own) with { Policy = slowStart is null ? null : new ServicePolicy { SlowStart = slowStart } },
        TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")),
        TestMesh.Part("gamma", new Pod("10.0.2.1"), new Pod("10.0.2.2")));

    private static void Seconds(TestMesh mesh, int count, double own = 0.5, double others = 0.5)
    {
        for (var i = 0; i < count; i++)
        {
            for (var r = 0; r < 20; r++)
            {
                var lease = mesh.Pick();
                lease.ReportLoad(new LoadReport(lease.Endpoint.Cluster.Name == "alpha" ? own : others));
                TestMesh.Finish(lease);
            }

            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
