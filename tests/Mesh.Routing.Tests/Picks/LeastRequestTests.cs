using Mesh.Doubles;

namespace Mesh.Picks;

public sealed class LeastRequestTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(40)]
    public void Pick_AllAlike_AreSharedEvenly(int size)
    {
        using var mesh = World([.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]);

        var counts = mesh.Count(1000 * size);

        counts.Count.ShouldBe(size);
        counts.Values.ShouldAllBe(static c => c > 850 && c < 1150);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public void Pick_OneIsSlower_ItGetsLess(int size)
    {
        using var mesh = World([.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]);
        Measure(mesh, static e => e.Address.ToString() == "10.0.0.1" ? 100 : 10);

        mesh.Count(1000).GetValueOrDefault("10.0.0.1").ShouldBe(0);
    }

    [Fact]
    public void Pick_InFlight_CountsAsMuchAsLatency()
    {
        using var mesh = World(new Pod("10.0.0.1"), new Pod("10.0.0.2"));
        Measure(mesh, static e => e.Address.ToString() == "10.0.0.1" ? 10 : 35);

        // 10 × (3 + 1) > 35: three wait at the fast one before the slow one is worth it.
        string[] picked = [.. Enumerable.Range(0, 4).Select(_ => mesh.Pick().Endpoint.Address.ToString())];

        picked.ShouldBe(["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"]);
    }

    [Theory]
    [InlineData(AttemptResult.Failed, 0, 5)]
    [InlineData(AttemptResult.ConnectFailed, 0, 5)]
    [InlineData(AttemptResult.Overloaded, 0, 5)]
    [InlineData(AttemptResult.Overloaded, 60, 60)]
    [InlineData(AttemptResult.Overloaded, 3600, 300)]
    public void Report_Failure_CostsFiveSecondsOrWhatTheEndpointAskedFor(AttemptResult result, int retryAfter, int expected)
    {
        using var mesh = World([.. Enumerable.Range(1, 10).Select(static i => new Pod($"10.0.0.{i}"))]);
        Measure(mesh, static _ => 10);
        var failed = mesh.At("10.0.0.3");

        failed.Report(new AttemptOutcome(result, TimeSpan.FromMilliseconds(1), retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter)));

        failed.IsEjected.ShouldBeFalse();
        mesh.Explained("10.0.0.3").Latency!.Value.TotalSeconds.ShouldBe(expected, 0.001);
        mesh.Count(1000).GetValueOrDefault("10.0.0.3").ShouldBe(0);
    }

    [Fact]
    public void Pick_NewEndpointAmongKnownOnes_StartsAtTheirMedian()
    {
        Pod[] known = [.. Enumerable.Range(1, 5).Select(static i => new Pod($"10.0.0.{i}"))];
        using var mesh = World(known);
        Measure(mesh, static e => 10 * (e.Address.ToString()[^1] - '0'));

        mesh.Service(TestMesh.Part("alpha", [.. known, new Pod("10.0.0.9")]));

        mesh.Explained("10.0.0.9").Latency!.Value.TotalMilliseconds.ShouldBe(30, 0.001);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Pick_SomeNeverMeasured_TheyAreTriedAndNobodyStarves(int size)
    {
        using var mesh = World([.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]);
        mesh.Count(1);
        TestMesh.Finish(mesh.PickAt("10.0.0.1"), milliseconds: 10);

        var counts = mesh.Count(100 * size);

        double.IsNaN(mesh.At("10.0.0.2").Score).ShouldBeTrue();
        counts["10.0.0.2"].ShouldBeGreaterThan(counts.GetValueOrDefault("10.0.0.1"));
        counts.Count(c => c.Key != "10.0.0.1").ShouldBe(size - 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Pick_TheFirstAnswerOfAllWasSlow_IsAskedAgainSoonAndSharesEvenly(int size)
    {
        using var mesh = World([.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]);
        var first = mesh.Send(milliseconds: 300);

        // One at a time, as the second and all later ones take 3 ms, for 15 s.
        var counts = OneAtATime(mesh, 15, _ => 3);

        counts[first].ShouldBeGreaterThan(counts.Values.Sum() / size / 2);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Pick_OneIsAlwaysSlow_ASecondAnswerHolds(int size)
    {
        using var mesh = World([.. Enumerable.Range(1, size).Select(static i => new Pod($"10.0.0.{i}"))]);
        var slow = mesh.Send(milliseconds: 300);

        OneAtATime(mesh, 15, e => e == slow ? 300 : 3).GetValueOrDefault(slow).ShouldBe(1);
    }

    [Fact]
    public void Pick_AFailureCameAfterTheFirstAnswer_IsNotForgiven()
    {
        using var mesh = World(new Pod("10.0.0.1"), new Pod("10.0.0.2"));
        var failed = mesh.Send(milliseconds: 3);
        failed.Report(new AttemptOutcome(AttemptResult.Failed));

        OneAtATime(mesh, 5, _ => 3).ShouldNotContainKey(failed);
    }

    [Fact]
    public void Observe_PeakThenQuiet_RisesAtOnceAndFallsSlowly()
    {
        using var mesh = World(new Pod("10.0.0.1"));
        mesh.Send(milliseconds: 10);
        mesh.Send(milliseconds: 100);
        mesh.Explained("10.0.0.1").Latency!.Value.TotalMilliseconds.ShouldBe(100, 0.01);

        // One second at 10 ms: 100·e^-0.1 + 10·(1 − e^-0.1).
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        mesh.Send(milliseconds: 10);

        mesh.Explained("10.0.0.1").Latency!.Value.TotalMilliseconds.ShouldBe(91.435, 0.01);
    }

    private static TestMesh World(params Pod[] pods) => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", pods));

    private static Dictionary<EndpointState, int> OneAtATime(TestMesh mesh, double seconds, Func<EndpointState, double> milliseconds)
    {
        var counts = new Dictionary<EndpointState, int>();
        for (var until = mesh.Time.GetUtcNow() + TimeSpan.FromSeconds(seconds); mesh.Time.GetUtcNow() < until;)
        {
            var lease = mesh.Pick();
            var took = milliseconds(lease.Endpoint);
            mesh.Time.Advance(TimeSpan.FromMilliseconds(took));
            TestMesh.Finish(lease, milliseconds: took);
            mesh.Time.Advance(TimeSpan.FromMilliseconds(12));
            counts[lease.Endpoint] = counts.GetValueOrDefault(lease.Endpoint) + 1;
        }

        return counts;
    }

    private static void Measure(TestMesh mesh, Func<EndpointState, double> milliseconds)
    {
        _ = mesh.Route.Table;
        foreach (var endpoint in mesh.Router.Endpoints)
        {
            endpoint.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(milliseconds(endpoint))));
        }
    }
}
