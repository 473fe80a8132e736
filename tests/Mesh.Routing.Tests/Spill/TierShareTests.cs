using Mesh.Doubles;

namespace Mesh.Spill;

/// <summary>A pick follows the shares of its table, whatever rule made them.</summary>
public sealed class TierShareTests
{
    [Fact]
    public void Pick_SharesOfTwoTiers_AreDrawn()
    {
        using var mesh = Moved(new SetShares { Next = [0.8, 0.2] });

        Far(mesh.Count(10_000)).ShouldBeInRange(1_800, 2_200);
    }

    [Fact]
    public void Pick_PartIsShed_IsToldAtOnce()
    {
        using var mesh = Moved(new SetShares { Next = [0.5, 0.5], Shed = 0.25 });

        var results = new List<PickResult>();
        for (var i = 0; i < 4_000; i++)
        {
            results.Add(mesh.PickResult());
            if (results[^1].HasEndpoint)
            {
                results[^1].Lease.Release();
            }
        }

        results.Count(static r => r.Status == PickStatus.Shed).ShouldBeInRange(850, 1_150);
        results.Count(static r => r.Endpoint?.Cluster.Name == "alpha").ShouldBeInRange(1_350, 1_650);
        results.Count(static r => r.Endpoint?.Cluster.Name == "beta").ShouldBeInRange(1_350, 1_650);
        var failure = mesh.Route.Describe(results.First(static r => r.Status == PickStatus.Shed));
        failure.Message.ShouldStartWith("The clusters of service orders.sales cannot carry all of its requests: 25 % are answered at once");
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        mesh.Router.Endpoints.Sum(static e => e.InFlight).ShouldBe(0);
    }

    [Fact]
    public void Pick_Hash_GoesToOneTierAndTheKeysFollowTheShares()
    {
        using var mesh = Moved(new SetShares { Next = [0.7, 0.3] });
        var far = 0;
        for (var key = 0ul; key < 2_000; key++)
        {
            var seen = Enumerable.Range(0, 5).Select(_ => PickBy(mesh, key)).Distinct().ToArray();
            far += seen.ShouldHaveSingleItem() == "beta" ? 1 : 0;
        }

        far.ShouldBeInRange(500, 700);

        static string PickBy(TestMesh mesh, ulong key)
        {
            var attempts = default(RequestAttempts);
            var picked = mesh.Route.Pick(ref attempts, new PickHints(key));
            picked.Lease.Release();
            return picked.Endpoint!.Cluster.Name;
        }
    }

    [Fact]
    public void Tick_SharesMoveByMoreThanHalfAPoint_TheTableIsBuiltAgain()
    {
        var rule = new SetShares { Next = [0.7, 0.3] };
        using var mesh = Moved(rule);
        var table = mesh.Route.Table;

        rule.Next = [0.697, 0.303];
        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        mesh.Route.Table.ShouldBeSameAs(table);
        rule.Next = [0.69, 0.31];
        mesh.Time.Advance(TimeSpan.FromSeconds(1));

        mesh.Route.Table.ShouldNotBeSameAs(table);
        rule.Moves.ShouldBe(3);
    }

    [Fact]
    public void Tick_ServiceIsNotInUse_NothingMoves()
    {
        var rule = new SetShares();
        using var mesh = rule.World();
        _ = mesh.Route.Table;

        mesh.Time.Advance(TimeSpan.FromSeconds(30));

        rule.Moves.ShouldBe(0);
    }

    [Fact]
    public void Next_RemoteTierIsFull_NothingIsTriedAgainThere()
    {
        using var mesh = Moved(new SetShares { Full = [false, true] });
        var attempts = default(RequestAttempts);
        for (var i = 0; i < 2; i++)
        {
            var picked = mesh.Route.Pick(ref attempts, default);
            picked.Endpoint!.Cluster.Name.ShouldBe("alpha");
            attempts.AddFailedConnect(picked.Endpoint);
        }

        mesh.Route.Pick(ref attempts, default).Status.ShouldBe(PickStatus.NoUsableEndpoint);
    }

    [Fact]
    public void Pick_SharesOfTwoTiers_AllocatesNothing()
    {
        using var mesh = Moved(new SetShares { Next = [0.8, 0.2], Shed = 0.1 });
        var route = mesh.Route;
        Run(route, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(route, 1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        static void Run(ServiceRoute route, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var attempts = default(RequestAttempts);
                var picked = route.Pick(ref attempts, default);
                if (picked.HasEndpoint)
                {
                    picked.Lease.Release();
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 1, 1e-18)]
    [InlineData(0.5, 0.5, 1e-18)]
    [InlineData(1e-28, 1, 0)]
    [InlineData(1, 1e-28, 0)]
    public void Draw_APartTooSmallToBeSeenBesideTheOthers_TakesNothingFromThem(double near, double far, double shed)
    {
        var shares = new TierShares([near, far], shed);

        int[] drawn = [.. Enumerable.Range(1, 1_000).Select(i => shares.Draw((ulong)i * (ulong.MaxValue / 1_001)))];

        drawn.Count(static t => t == 0).ShouldBeInRange((int)(1_000 * near) - 1, (int)(1_000 * near) + 1);
        drawn.Count(static t => t == 1).ShouldBeInRange((int)(1_000 * far) - 1, (int)(1_000 * far) + 1);
    }

    [Fact]
    public void Draw_AnyNumber_FallsIntoTheFractions()
    {
        var shares = new TierShares([3, 0, 1], shed: 0.2);

        (Math.Round(shares[0], 9), shares[1], shares[2], shares.Shed, shares.Whole, shares.Last).ShouldBe((0.6, 0, 0.2, 0.2, -1, 2));
        shares.Draw(0).ShouldBe(0);
        shares.Draw((ulong)(0.59 * ulong.MaxValue)).ShouldBe(0);
        shares.Draw((ulong)(0.61 * ulong.MaxValue)).ShouldBe(2);
        shares.Draw((ulong)(0.81 * ulong.MaxValue)).ShouldBe(-1);
        new TierShares([1, 1]).Draw(ulong.MaxValue).ShouldBe(1);
        new TierShares([0, 2]).Whole.ShouldBe(1);
    }

    // The second after the first request is over: the rule has spoken.
    private static TestMesh Moved(SetShares rule)
    {
        var mesh = rule.World();
        if (mesh.PickResult() is { HasEndpoint: true } first)
        {
            first.Lease.Release();
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(1));
        return mesh;
    }

    private static int Far(Dictionary<string, int> counts) => counts.Where(static c => c.Key.StartsWith("10.0.1.", StringComparison.Ordinal)).Sum(static c => c.Value);
}
