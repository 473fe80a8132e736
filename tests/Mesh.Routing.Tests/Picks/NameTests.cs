using Mesh.Doubles;

namespace Mesh.Picks;

public sealed class NameTests
{
    [Theory]
    [InlineData("least-request", "LeastRequestPicker")]
    [InlineData("least-work", "LeastRequestPicker")]
    [InlineData("round-robin", "RoundRobinPicker")]
    [InlineData("random", "RandomPicker")]
    [InlineData("ring-hash", "TierHashPicker")]
    [InlineData("hashing", "TierHashPicker")]
    [InlineData("maglev", "TierHashPicker")]
    [InlineData("weighted-by-utilization", "TierUtilizationPicker")]
    public void Policy_AName_IsItsAlgorithm(string name, string type)
    {
        using var mesh = World(name, 3);

        mesh.Route.Table.Tiers[0].Picker.GetType().Name.ShouldBe(type);
    }

    [Theory]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    [InlineData("weighted-by-utilization")]
    public void Pick_AnyAlgorithm_SharesAreWhatChanceAllows(string name)
    {
        const int Count = 20;
        const int Picks = 40_000;
        using var mesh = World(name, Count);

        var counts = mesh.Count(Picks);

        // χ² with 19 degrees of freedom is above 50.8 once in 10,000 seeds; what a ring leaves uneven comes on top: 52 places each, so that shares differ by 1/√52.
        var expected = Picks / (double)Count;
        var chi = Enumerable.Range(1, Count).Sum(i => Math.Pow(counts.GetValueOrDefault($"10.0.0.{i}") - expected, 2) / expected);
        chi.ShouldBeLessThan(name == "ring-hash" ? 50.8 + Picks / 52.0 * 2 : 50.8);
    }

    [Theory]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    [InlineData("weighted-by-utilization")]
    public void Pick_AnyAlgorithm_WeightsFromNothingToTheMost_NobodyOfWeightZeroIsPicked(string name)
    {
        using var mesh = World(name, 0).Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Weight: 0), new Pod("10.0.0.2"), new Pod("10.0.0.3", Weight: 1_000_000)));

        var counts = mesh.Count(2000);

        counts.GetValueOrDefault("10.0.0.1").ShouldBe(0);
        counts["10.0.0.3"].ShouldBeGreaterThan(1990);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1, 1)]
    [InlineData(1, 2, 3, 5, 8, 13)]
    [InlineData(1, 1_000_000, 999_999)]
    public void Pick_RoundRobin_AtAnyMomentNobodyIsFarFromItsShare(params int[] weights)
    {
        using var mesh = World("round-robin", 0).Service(TestMesh.Part("alpha", [.. weights.Select(static (w, i) => new Pod($"10.0.0.{i + 1}", Weight: w))]));
        var counts = new int[weights.Length];
        var total = weights.Sum(static w => (double)w);
        var worst = 0.0;
        for (var n = 1; n <= 50_000; n++)
        {
            var lease = mesh.Pick();
            lease.Release();
            counts[lease.Endpoint.Address.ToString()[^1] - '1']++;
            for (var i = 0; i < counts.Length; i++)
            {
                worst = Math.Max(worst, Math.Abs(counts[i] - (double)n * weights[i] / total));
            }
        }

        // The discrepancy of the golden ratio's sequence grows with log n; of 50,000 independent draws it would be some 200.
        worst.ShouldBeLessThan(4);
    }

    [Fact]
    public void Policy_OwnAlgorithmOfOneService_HoldsForItAlone()
    {
        using var mesh = World("own", 3, m => m.Pickers["own"] = new LastPicker());
        var carts = ServiceName.Parse("carts.sales");
        mesh.Catalog.Set(carts, TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.3");
        mesh.Count(50, mesh.RouteOf("http://carts.sales")).Count.ShouldBe(2);
    }

    [Fact]
    public void Pick_OwnAlgorithm_IsToldThePolicyAndAllOfItsTier()
    {
        var picker = new LastPicker();
        using var mesh = World("own", 3, m => m.Pickers["own"] = picker);
        mesh.Send();
        mesh.Eject("10.0.0.3");

        mesh.Send().Address.ToString().ShouldBe("10.0.0.2");
        picker.Last!.All.Length.ShouldBe(3);
        picker.Last.Endpoints.Length.ShouldBe(2);
        picker.Last.Policy.LoadBalancing.ShouldBe("own");
    }

    private static TestMesh World(string algorithm, int count, Action<TestMesh>? configure = null)
    {
        var mesh = new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm })
            .Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, count).Select(static i => new Pod($"10.0.0.{i}"))]));
        configure?.Invoke(mesh);
        return mesh;
    }

    private sealed class LastPicker : EndpointPicker
    {
        public TierMembers? Last { get; private set; }

        public override EndpointPicker ForTier(TierMembers tier)
        {
            Last = tier;
            return this;
        }

        public override int Pick(in PickContext context) => context.Endpoints.Length - 1;
    }
}
