using Mesh.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Health;

/// <summary>A process that was paused, or whose clocks do what clocks should not (docs/bad-input.md).</summary>
public sealed class PausedProcessTests
{
    [Fact]
    public void Heartbeat_StopsForAnHour_NothingIsShedNorEjectedAndTheBudgetIsNoLarger()
    {
        using var mesh = World();
        Run(mesh, seconds: 30);
        var before = mesh.Router.Explain("orders.sales").RetriesLeft;

        // One tick for the whole hour: as timers do when a process goes on.
        mesh.Time.Advance(TimeSpan.FromHours(1));
        Run(mesh, seconds: 5);

        var after = mesh.Router.Explain("orders.sales");
        after.Shed.ShouldBe(0);
        after.Tiers.SelectMany(static t => t.Endpoints).ShouldAllBe(static e => e.Health == "healthy");
        after.RetriesLeft.ShouldBeLessThanOrEqualTo(before);
        mesh.Route.Table.Shares[0].ShouldBe(1, 1e-9);
    }

    [Fact]
    public void Timestamps_StandStill_RequestsAreServedAndFailuresStillEject()
    {
        using var mesh = World();
        for (var i = 0; i < 5000; i++)
        {
            mesh.Send(milliseconds: 0);
        }

        var explained = mesh.Router.Explain("orders.sales");
        explained.Shed.ShouldBe(0);
        explained.Tiers[0].Endpoints.ShouldAllBe(static e => e.Health == "healthy" && e.InFlight == 0);
        mesh.Eject("10.0.0.1");
        mesh.Count(50).Keys.ShouldNotContain("10.0.0.1");
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [InlineData(-3600 * 24 * 365)]
    public void TimeOfDay_Jumps_SharesBudgetAndEjectionsStay(int seconds)
    {
        var clock = new JumpingClock();
        using var mesh = new TestMesh { Options = new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha"), "eu", "eu-1", "n1"), KnownNamespaces = ["sales"], IsConfigured = true, Seed = 7 } };
        mesh.Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        using var router = new MeshRouter(mesh.Catalog, mesh.Options, mesh.Pickers, clock, mesh.Logger);
        var route = router.GetRoute(router.Match(new Uri("http://orders.sales")));
        Send(20);
        var before = router.Explain("orders.sales");

        clock.Offset = TimeSpan.FromSeconds(seconds);
        Send(20);

        var after = router.Explain("orders.sales");
        after.Shed.ShouldBe(0);
        after.Tiers.Select(static t => t.Share).ShouldBe(before.Tiers.Select(static t => t.Share));
        after.Tiers.SelectMany(static t => t.Endpoints).ShouldAllBe(static e => e.Health == "healthy" && (e.Latency == null || e.Latency >= TimeSpan.Zero));
        after.RetriesLeft.ShouldBe(before.RetriesLeft);

        void Send(int ticks)
        {
            for (var i = 0; i < ticks * 10; i++)
            {
                var attempts = default(RequestAttempts);
                TestMesh.Finish(route.Pick(ref attempts, default).Lease);
                clock.Advance(TimeSpan.FromSeconds(0.1));
            }
        }
    }

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta").Service(
        TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")));

    private static void Run(TestMesh mesh, int seconds)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            mesh.Send();
            mesh.Time.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    /// <summary>A clock whose time of day is set while its timers and timestamps run on.</summary>
    private sealed class JumpingClock : FakeTimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
