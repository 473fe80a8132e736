using Mesh.Doubles;

namespace Mesh.Spill;

/// <summary>The rule of capacity in a router: what it makes of endpoints, reports and time.</summary>
public sealed class CapacitySpillTests
{
    private static readonly string[] Alpha = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

    [Fact]
    public void Pick_CalmService_StaysWholeAndDrawsNothing()
    {
        using var mesh = World();
        Seconds(mesh, 30, perSecond: 20, utilization: 0.5);

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
    }

    [Fact]
    public void Pick_LocalPodsOverloadedByTheirOwnWord_TheRestGoesOnAndIsTold()
    {
        using var mesh = World();
        Seconds(mesh, 10, perSecond: 20, utilization: 0.5);

        Seconds(mesh, 8, perSecond: 20, utilization: 1.4, milliseconds: 40);

        mesh.Route.Table.Shares[0].ShouldBeLessThan(0.9);
        mesh.Route.Table.Shares[1].ShouldBeGreaterThan(0.1);
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1230 && l.Message.Contains("cluster beta"));
        mesh.Router.Explain("orders.sales").ToString().ShouldContain("by capacity: demand");

        Seconds(mesh, 60, perSecond: 20, utilization: 0.3);
        mesh.Route.Table.Shares.Whole.ShouldBe(0);
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1232);
    }

    [Fact]
    public void Pick_RequestsEndWhileTheySpill_NothingIsSaidToSpillAnyMore()
    {
        using var mesh = Spilling();

        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20 && mesh.Route.State.IsAwake; i++)
        {
            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }

        mesh.Route.State.IsAwake.ShouldBeFalse();
        mesh.Route.State.Spills.ShouldAllBe(static s => s.Elsewhere.Count == 0 && s.Shed == 0);
        mesh.Logger.Lines.Count(static l => l.Id is 1232 or 1233).ShouldBe(1);
    }

    [Fact]
    public void Pick_EndpointsGoWhileRequestsSpill_NothingIsSaidToSpillAnyMore()
    {
        using var mesh = Spilling();
        mesh.Service(TestMesh.Part("alpha"));
        _ = mesh.Route.Table;

        mesh.Time.Advance(TimeSpan.FromSeconds(1));

        mesh.Route.State.Spills.ShouldAllBe(static s => s.Elsewhere.Count == 0 && s.Shed == 0);
        mesh.Logger.Lines.Count(static l => l.Id == 1233).ShouldBe(1);
    }

    [Fact]
    public void Pick_FewRequestsAMinute_OneReportOfOverloadMovesNothing()
    {
        using var mesh = World();
        for (var i = 0; i < 20; i++)
        {
            Send(mesh, utilization: 1.5, milliseconds: 10);
            for (var s = 0; s < 15; s++)
            {
                mesh.Time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
    }

    [Fact]
    public void Pick_ColdStart_SlowFirstAnswersMoveNothing()
    {
        using var mesh = World();
        Seconds(mesh, 5, perSecond: 20, milliseconds: 800);
        Seconds(mesh, 30, perSecond: 20, milliseconds: 5);

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
    }

    [Fact]
    public void Pick_PauseOfTheProcess_MovesNothing()
    {
        using var mesh = World();
        Seconds(mesh, 30, perSecond: 40, milliseconds: 10);

        // A debugger's or a collector's: all that was under way took as long, and then it goes on as before.
        for (var pause = 0; pause < 3; pause++)
        {
            var leases = Enumerable.Range(0, 40).Select(_ => mesh.Pick()).ToArray();
            mesh.Time.Advance(TimeSpan.FromSeconds(7));
            foreach (var lease in leases)
            {
                TestMesh.Finish(lease, milliseconds: 7000);
            }

            Seconds(mesh, 10, perSecond: 40, milliseconds: 10);
            mesh.Route.Table.Shares.Whole.ShouldBe(0);
        }
    }

    [Fact]
    public void Pick_NoReportsAndLatencyStaysManyTimesItsCalmOne_GoesOnAndShedsNothing()
    {
        using var mesh = World();
        Seconds(mesh, 30, perSecond: 40, milliseconds: 20);

        Seconds(mesh, 10, perSecond: 40, milliseconds: 120);

        mesh.Route.Table.Shares[0].ShouldBeLessThan(0.9);
        mesh.Route.Table.Shares.Shed.ShouldBe(0);
    }

    [Theory]
    [InlineData(AttemptResult.Failed)]
    [InlineData(AttemptResult.Overloaded)]
    public void Pick_SaysIdleButAnswersThatItIsFull_GoesOn(AttemptResult result)
    {
        using var mesh = World();
        Seconds(mesh, 10, perSecond: 40, utilization: 0.2);

        for (var i = 0; i < 10; i++)
        {
            for (var r = 0; r < 40; r++)
            {
                var lease = mesh.Pick();
                var isLocal = lease.Endpoint.Cluster.Name == "alpha";
                lease.ReportLoad(new LoadReport(0.2));
                TestMesh.Finish(lease, isLocal && r % 3 == 0 ? result : AttemptResult.Success, 10);
            }

            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }

        mesh.Route.Table.Shares[0].ShouldBeLessThan(0.9);
        mesh.Route.Table.Shares.Shed.ShouldBe(0);
    }

    [Fact]
    public void Pick_NoReportsAndLatencyGrowsByLittle_Stays()
    {
        using var mesh = World();
        Seconds(mesh, 30, perSecond: 40, milliseconds: 1);

        // Four times as long, and still no delay that anybody would call one.
        Seconds(mesh, 20, perSecond: 40, milliseconds: 4);

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
    }

    [Fact]
    public void Pick_ClusterDies_IsAnsweredByTheNextTableNotTheNextSecond()
    {
        using var mesh = World();
        Seconds(mesh, 20, perSecond: 20, utilization: 0.5);

        foreach (var address in Alpha)
        {
            mesh.Eject(address);
        }

        // 2 of demand; beta and gamma of 2 each are taken for 60 % busy.
        var shares = mesh.Route.Table.Shares;
        shares[0].ShouldBe(0);
        shares[1].ShouldBeInRange(0.3, 0.6);
        shares[2].ShouldBeInRange(0.4, 0.7);
    }

    [Fact]
    public void Pick_AfterFailuresInTheOwnClusterBeforeItIsKnownToBeDead_TheOthersShareWhatLeaves()
    {
        using var mesh = World();
        Seconds(mesh, 20, perSecond: 20, utilization: 0.5);
        var left = new HashSet<string>();
        for (var i = 0; i < 40; i++)
        {
            var attempts = default(RequestAttempts);
            attempts.AddFailedTry(mesh.At(Alpha[0]));
            attempts.AddFailedTry(mesh.At(Alpha[1]));
            var picked = mesh.Route.Pick(ref attempts, default);
            left.Add(picked.Endpoint!.Cluster.Name);
            picked.Lease.Release();
        }

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
        left.Order().ShouldBe(["beta", "gamma"]);
    }

    [Fact]
    public void Move_LongIdle_ForgetsWhatItKnew()
    {
        using var mesh = World();
        Seconds(mesh, 10, perSecond: 20, utilization: 0.5);
        Seconds(mesh, 10, perSecond: 20, utilization: 1.5, milliseconds: 40);
        mesh.Route.Table.Shares[0].ShouldBeLessThan(1);

        mesh.Time.Advance(TimeSpan.FromMinutes(10));
        Seconds(mesh, 2, perSecond: 1);

        mesh.Route.Table.Shares.Whole.ShouldBe(0);
    }

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta", "us").Cluster("gamma", "ap").Service(
        TestMesh.Part("alpha", [.. Alpha.Select(static a => new Pod(a))]),
        TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")),
        TestMesh.Part("gamma", new Pod("10.0.2.1"), new Pod("10.0.2.2")));

    private static TestMesh Spilling()
    {
        var mesh = World();
        Seconds(mesh, 10, perSecond: 20, utilization: 0.5);
        Seconds(mesh, 8, perSecond: 20, utilization: 1.4, milliseconds: 40);
        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1230);
        mesh.Route.State.Spills.ShouldContain(static s => s.Elsewhere.Count > 0);
        return mesh;
    }

    private static void Seconds(TestMesh mesh, int count, int perSecond, double utilization = double.NaN, double milliseconds = 10)
    {
        for (var i = 0; i < count; i++)
        {
            for (var r = 0; r < perSecond; r++)
            {
                Send(mesh, utilization, milliseconds);
            }

            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static void Send(TestMesh mesh, double utilization, double milliseconds)
    {
        if (mesh.PickResult() is { HasEndpoint: true } picked)
        {
            var isLocal = picked.Endpoint.Cluster.Name == "alpha";
            picked.Lease.ReportLoad(new LoadReport(isLocal ? utilization : utilization / utilization * 0.3));
            TestMesh.Finish(picked.Lease, milliseconds: isLocal ? milliseconds : 10);
        }
    }
}
