using Mesh.Doubles;

namespace Mesh.Picks;

public sealed class OwnPickerTests
{
    [Fact]
    public void Pick_OwnAlgorithm_ChoosesAndIsToldOfItsTier()
    {
        using var mesh = World(out var picker, c => c.Endpoints.Length - 1);

        mesh.Pick().Endpoint.Address.ToString().ShouldBe("10.0.0.2");
        picker.Tiers.ShouldBe(["same cluster: 2", "same region: 1"]);
    }

    [Fact]
    public void Pick_OwnAlgorithmSeesHints()
    {
        ulong? seen = null;
        using var mesh = World(out _, c => (int)((seen = c.Hints.Hash) ?? 0));
        var attempts = default(RequestAttempts);

        mesh.Route.Pick(ref attempts, new PickHints(1)).Endpoint!.Address.ToString().ShouldBe("10.0.0.2");
        seen.ShouldBe(1UL);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Pick_OwnAlgorithmChoosesNobody_TheNextTierIsAsked(int index)
    {
        using var mesh = World(out _, c => c.Endpoints.Length == 2 ? index : 0);

        var result = mesh.PickResult();

        result.Endpoint!.Address.ToString().ShouldBe("10.0.1.1");
        result.Tier.ShouldBe(1);
    }

    [Fact]
    public void Pick_OwnAlgorithmNeverChooses_ThereIsNoEndpoint()
    {
        using var mesh = World(out _, static _ => 99);

        mesh.PickResult().Status.ShouldBe(PickStatus.NoUsableEndpoint);
        var attempts = default(RequestAttempts);
        attempts.AddFailedTry(mesh.At("10.0.0.1"));
        mesh.Route.Pick(ref attempts, default).Status.ShouldBe(PickStatus.NoUsableEndpoint);
        mesh.Route.State.Load.InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    public void Describe_OwnAlgorithmNeverChooses_NamesItAndWhatItReturned(int index)
    {
        using var mesh = World(out _, _ => index);

        var message = mesh.Route.Describe(mesh.PickResult()).Message;

        message.ShouldStartWith($"Service orders.sales has no usable endpoint left: the algorithm 'own' (LoadBalancing) chose none of the 2 that it was offered in tier 'same cluster': it returned {index}.");
        message.ShouldNotContain("has tried");
    }

    [Fact]
    public void Describe_OwnAlgorithmRefusesTheSecondTry_SaysSo()
    {
        using var mesh = World(out _, c => c.Endpoints.Length == 2 ? 0 : -7);
        var attempts = default(RequestAttempts);
        attempts.AddFailedTry(mesh.Pick().Endpoint);

        mesh.Route.Describe(mesh.Route.Pick(ref attempts, default)).Message.ShouldContain("the algorithm 'own' (LoadBalancing) chose none");
    }

    [Fact]
    public void Explain_OwnAlgorithmThrowsWhenToldOfATier_IsAProblemAndRequestsSeeIt()
    {
        using var mesh = World(out var picker, static _ => 0);
        picker.Failure = new FormatException("no ring");

        mesh.Router.Explain("orders.sales").PolicyProblems[0].ShouldBe(
            "The algorithm 'own' (LoadBalancing) failed when it was told of tier 'same cluster', and each request there fails with what it throws: FormatException: no ring");
        Should.Throw<FormatException>(() => mesh.PickResult());
        picker.Failure = null;
        mesh.PickResult().HasEndpoint.ShouldBeTrue();
    }

    [Fact]
    public void Pick_OwnAlgorithmTakesABuiltInName_ReplacesIt()
    {
        using var mesh = World(out _, static c => c.Endpoints.Length - 1);
        mesh.Pickers["round-robin"] = mesh.Pickers["own"];
        mesh.Policy(new ServicePolicy { LoadBalancing = "round-robin" });

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.2");
    }

    [Fact]
    public void Policy_UnknownAlgorithm_IsRefusedWithTheKnownOnes()
    {
        using var mesh = World(out _, static _ => 0);
        mesh.Policy(new ServicePolicy { LoadBalancing = "leest-request" });

        Should.Throw<ArgumentException>(() => mesh.Router).Message
            .ShouldContain("The policy of orders.sales: LoadBalancing 'leest-request' is not known; known are hashing, least-request, least-work, maglev, own, random, ring-hash, round-robin, weighted-by-utilization.");
    }

    [Fact]
    public void Random_OfAContext_IsUniformAndFromTheSeed()
    {
        var (one, other) = (new PickRandom(3), new PickRandom(3));
        double[] numbers = [.. Enumerable.Range(0, 10_000).Select(_ => one.NextDouble())];

        Enumerable.Range(0, 10_000).Select(_ => other.NextDouble()).ShouldBe(numbers);
        numbers.ShouldAllBe(static n => n >= 0 && n < 1);
        numbers.Average().ShouldBe(0.5, 0.02);
        new PickRandom(4).NextDouble().ShouldNotBe(numbers[0]);
    }

    private static TestMesh World(out OwnPicker picker, Func<PickContextCopy, int> choose)
    {
        picker = new OwnPicker(choose);
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Pickers["own"] = picker;
        return mesh.Policy(new ServicePolicy { LoadBalancing = "own" });
    }

    // What a lambda may see of a ref struct.
    private sealed record PickContextCopy(EndpointState[] Endpoints, PickHints Hints);

    private sealed class OwnPicker(Func<PickContextCopy, int> choose) : EndpointPicker
    {
        public List<string> Tiers { get; } = [];

        public Exception? Failure { get; set; }

        public override EndpointPicker ForTier(TierMembers tier)
        {
            Tiers.Add($"{tier.Name}: {tier.Endpoints.Length}");
            return Failure is null ? this : throw Failure;
        }

        public override int Pick(in PickContext context) => choose(new PickContextCopy(context.Endpoints.ToArray(), context.Hints));
    }
}
