using CsCheck;
using Mesh.Doubles;

namespace Mesh.Picks;

public sealed class WeightTests
{
    [Theory]
    [InlineData("least-request", 10, 1)]
    [InlineData("least-request", 10, 1, 1)]
    [InlineData("least-request", 1, 2, 3, 4)]
    [InlineData("least-request", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData("least-request", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000)]
    [InlineData("round-robin", 10, 1)]
    [InlineData("round-robin", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    [InlineData("random", 1, 2, 3, 4)]
    [InlineData("random", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    public void Pick_InCalm_SharesFollowTheWeights(string algorithm, params int[] weights)
    {
        using var mesh = World(algorithm, weights);
        const int Picks = 20_000;

        var counts = mesh.Count(Picks);

        for (var i = 0; i < weights.Length; i++)
        {
            // Four standard deviations of independent draws.
            var share = weights[i] / (double)weights.Sum();
            var count = counts.GetValueOrDefault(Address(i));
            Math.Abs(count - share * Picks).ShouldBeLessThan(4 * Math.Sqrt(share * (1 - share) * Picks) + 1, $"{weights[i]} of {weights.Sum()}: {count}");
        }
    }

    [Fact]
    public void Pick_LeastRequestUnderLoad_InFlightFollowsTheWeights()
    {
        using var mesh = World("least-request", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        for (var i = 0; i < 950; i++)
        {
            mesh.Pick();
        }

        mesh.At(Address(0)).InFlight.ShouldBeInRange(470, 530);
        mesh.Router.Endpoints.Where(static e => e.Weight == 1).ShouldAllBe(static e => e.InFlight > 38 && e.InFlight < 62);
    }

    [Fact]
    public void Pick_LeastRequestHeavyOneIsSlow_GivesWayButKeepsWhatTheOthersCannotCarry()
    {
        using var mesh = World("least-request", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        _ = mesh.Route.Table;
        foreach (var endpoint in mesh.Router.Endpoints)
        {
            endpoint.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(endpoint.Weight == 10 ? 1000 : 10)));
        }

        // p² where p = 10/19.
        mesh.Count(20_000)[Address(0)].ShouldBeInRange(5250, 5830);
    }

    [Theory]
    [InlineData("least-request")]
    [InlineData("random")]
    [InlineData("round-robin")]
    public void Pick_AfterAFailure_TheRestIsSharedByWeight(string algorithm)
    {
        using var mesh = World(algorithm, 5, 6, 2, 2);
        _ = mesh.Route.Table;
        var counts = new int[4];
        for (var i = 0; i < 5000; i++)
        {
            var attempts = default(RequestAttempts);
            attempts.AddFailedTry(mesh.At(Address(0)));
            var picked = mesh.Route.Pick(ref attempts, default).Lease;
            picked.Release();
            counts[picked.Endpoint.Address.ToString()[^1] - '1']++;
        }

        counts[0].ShouldBe(0);
        counts[1].ShouldBeInRange(2850, 3150);
        counts[2].ShouldBeInRange(880, 1120);
    }

    [Fact]
    public void Pick_RoundRobinEven_EachInTurn()
    {
        using var mesh = World("round-robin", 1, 1, 1, 1, 1);

        string[] first = [.. Enumerable.Range(0, 5).Select(_ => mesh.Send().Address.ToString())];
        string[] second = [.. Enumerable.Range(0, 5).Select(_ => mesh.Send().Address.ToString())];

        first.Distinct().Count().ShouldBe(5);
        second.ShouldBe(first);
    }

    [Theory]
    [InlineData("round-robin", 1)]
    [InlineData("round-robin", 2)]
    [InlineData("weighted-by-utilization", 1)]
    public void Pick_TablesAreBuiltAgainAfterEachRequest_TheFirstGetsNoMoreThanItsShare(string algorithm, int weight)
    {
        int[] weights = [weight, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        using var mesh = World(algorithm, weights);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 1_000; i++)
        {
            mesh.Service(TestMesh.Part("alpha", [.. weights.Select(static (w, n) => new Pod(Address(n), Weight: w))]));
            var address = mesh.Send().Address.ToString();
            counts[address] = counts.GetValueOrDefault(address) + 1;
        }

        counts[Address(0)].ShouldBeInRange(65 * weight, 140 * weight);
        counts.Count.ShouldBe(10);
    }

    [Fact]
    public void Pick_RoundRobinWeighted_HeavyOneIsSpreadNotBunched()
    {
        using var mesh = World("round-robin", 5, 1, 1, 1, 1, 1);
        string[] picked = [.. Enumerable.Range(0, 1000).Select(_ => mesh.Send().Address.ToString())];

        // Half of all: by chance there would be a run of nine or so.
        var run = 0;
        var longest = 0;
        foreach (var address in picked)
        {
            run = address == Address(0) ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        longest.ShouldBeInRange(1, 2);
    }

    [Fact]
    public void WeightedOrder_AnyPoint_IsTheMemberOnWhoseStretchItLies()
    {
        Gen.Select(Gen.Int[1, 1_000_000].Array[1, 30], Gen.ULong).Sample((weights, point) =>
        {
            using var mesh = World("random", weights);
            var tier = mesh.Route.Table.Tiers[0].Endpoints;
            var order = new WeightedOrder([.. tier]);

            var index = order.IndexAt(point);

            var before = tier.Take(index).Sum(static e => (long)e.Weight);
            var position = (long)Math.BigMul(point, (ulong)weights.Sum(static w => (long)w), out _);
            position.ShouldBeGreaterThanOrEqualTo(before);
            position.ShouldBeLessThan(before + tier[index].Weight);
        }, iter: 300, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    private static string Address(int index) => $"10.0.0.{index + 1}";

    private static TestMesh World(string algorithm, params int[] weights) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm })
            .Service(TestMesh.Part("alpha", [.. weights.Select(static (w, i) => new Pod(Address(i), Weight: w))]));
}
