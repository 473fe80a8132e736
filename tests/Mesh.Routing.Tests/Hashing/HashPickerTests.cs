using Mesh.Doubles;

namespace Mesh.Hashing;

public sealed class HashPickerTests
{
    private const int Keys = 4000;

    public static TheoryData<string> Algorithms => ["ring-hash", "maglev"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_SameKey_SameEndpointInEveryProcess(string algorithm)
    {
        using var mesh = World(algorithm, 10);
        using var other = World(algorithm, 10, reversed: true);
        other.Options = other.Options with { Seed = 99 };

        Owners(mesh).ShouldBe(Owners(other));
        Owners(mesh).ShouldBe(Owners(mesh));
    }

    [Theory]
    [InlineData("ring-hash", 0.35)]
    [InlineData("maglev", 0.15)]
    public void Pick_ManyKeys_SharesAreEven(string algorithm, double within)
    {
        // The bounds: what a ring of 1,024 places for ten leaves uneven (about 1/√102 each), and chance, for the keys are random (5 % each).
        using var mesh = World(algorithm, 10);

        foreach (var (_, count) in Owners(mesh).CountBy(static o => o))
        {
            count.ShouldBeInRange((int)(400 * (1 - within)), (int)(400 * (1 + within)));
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_Weighted_SharesFollowTheWeights(string algorithm)
    {
        using var mesh = World(algorithm, weights: [1, 2, 5]);
        var counts = Owners(mesh).CountBy(static o => o).ToDictionary();

        counts["10.0.0.1"].ShouldBeInRange(400, 600);
        counts["10.0.0.2"].ShouldBeInRange(850, 1150);
        counts["10.0.0.3"].ShouldBeInRange(2350, 2650);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_OneIsEjectedAndComesBack_OnlyItsKeysMoveAndReturn(string algorithm)
    {
        using var mesh = World(algorithm, 10);
        var before = Owners(mesh);

        mesh.Eject("10.0.0.4");
        var during = Owners(mesh);
        mesh.Time.Advance(TimeSpan.FromSeconds(6));
        mesh.Send().Address.ToString().ShouldBe("10.0.0.4");
        var after = Owners(mesh);

        during.ShouldNotContain("10.0.0.4");
        before.Zip(during).ShouldAllBe(static b => b.First == b.Second || b.First == "10.0.0.4");
        during.Where((_, i) => before[i] == "10.0.0.4").Distinct().Count().ShouldBeGreaterThan(5);
        after.ShouldBe(before);
    }

    [Fact]
    public void Pick_HealthChanges_TheTableIsMadeOnce()
    {
        var picker = new CountingPicker();
        using var mesh = World("counting", 10, configure: m => m.Pickers["counting"] = picker);
        Owners(mesh);

        mesh.Eject("10.0.0.4");
        Owners(mesh);
        picker.Built.ShouldBe(1);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        Owners(mesh);
        picker.Built.ShouldBe(2);
    }

    [Theory]
    [InlineData("ring-hash", 400)]
    [InlineData("maglev", 200)]
    public void Pick_OneGoesForGood_FewOtherKeysMove(string algorithm, int most)
    {
        using var mesh = World(algorithm, 10);
        var before = Owners(mesh);
        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 9).Select(static i => new Pod($"10.0.0.{i}"))]));

        var after = Owners(mesh);

        // A ring of nine has 114 places each, where one of ten has 103: Envoy's rule, and the new ones take keys from all.
        before.Zip(after).Count(static b => b.First != b.Second && b.First != "10.0.0.10").ShouldBeLessThan(most);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_WithoutAKey_SpreadsAtRandom(string algorithm)
    {
        using var mesh = World(algorithm, 10);

        var counts = mesh.Count(Keys);

        counts.Count.ShouldBe(10);
        counts.Values.ShouldAllBe(static c => c > 250 && c < 550);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_AfterAFailure_TheKeyHasOneNextEndpoint(string algorithm)
    {
        using var mesh = World(algorithm, 10, factor: 0);
        var seconds = new HashSet<string>();
        for (var key = 1UL; key <= 200; key++)
        {
            var attempts = default(RequestAttempts);
            var first = Pick(mesh, KeyHash.Mix(key), ref attempts);
            attempts.AddFailedTry(first);
            var second = Pick(mesh, KeyHash.Mix(key), ref attempts);
            second.ShouldNotBe(first);
            Pick(mesh, KeyHash.Mix(key), ref attempts).ShouldBe(second);
            seconds.Add(second.Address.ToString());
        }

        seconds.Count.ShouldBe(10);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_OneKeyAlone_NobodyHasMoreThanTheBound(string algorithm)
    {
        using var mesh = World(algorithm, 10, factor: 150);
        for (var i = 0; i < 500; i++)
        {
            Pick(mesh, 42);
        }

        // Envoy's rule looks before it counts: one above the bound.
        mesh.Router.Endpoints.Max(static e => e.InFlight).ShouldBeInRange(70, 76);
        mesh.Router.Endpoints.Count(static e => e.InFlight > 0).ShouldBeLessThan(10);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_BoundIsExactlyTheAverage_EverybodyShares(string algorithm)
    {
        using var mesh = World(algorithm, 10, factor: 100);
        for (var i = 0; i < 500; i++)
        {
            Pick(mesh, 42);
        }

        mesh.Router.Endpoints.ShouldAllBe(static e => e.InFlight >= 40 && e.InFlight <= 51);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_BoundWithWeights_FollowsTheWeights(string algorithm)
    {
        using var mesh = World(algorithm, weights: [1, 9], factor: 125);
        for (var i = 0; i < 500; i++)
        {
            Pick(mesh, KeyHash.Mix((ulong)i));
        }

        mesh.At("10.0.0.1").InFlight.ShouldBeInRange(1, 64);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_NoBound_OneKeyAloneStaysWithItsEndpoint(string algorithm)
    {
        using var mesh = World(algorithm, 10, factor: 0);
        for (var i = 0; i < 500; i++)
        {
            Pick(mesh, 42);
        }

        mesh.Router.Endpoints.Max(static e => e.InFlight).ShouldBe(500);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_HeavyOneIsEjected_TheLightOnesAreFound(string algorithm)
    {
        // Nearly every place is the heavy one's: the way to another is long.
        using var mesh = World(algorithm, weights: [1, 1, 1_000_000]);
        mesh.Send();
        mesh.Eject("10.0.0.3");

        Owners(mesh).Distinct().Order().ShouldBe(["10.0.0.1", "10.0.0.2"]);
    }

    [Theory]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    public void Pick_OneEndpoint_IsIt_None_IsNone(string algorithm)
    {
        using var mesh = World(algorithm, 1);
        Owners(mesh).Distinct().ShouldBe(["10.0.0.1"]);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Weight: 0)));
        mesh.PickResult().Status.ShouldBe(PickStatus.NoUsableEndpoint);
    }

    [Fact]
    public void Name_IPv6_IsInBracketsAsEnvoyHasIt() => KeyHash.NameOf(EndpointAddress.Parse("fd00::1"), 8080).ShouldBe("[fd00::1]:8080");

    [Fact]
    public void Pick_SameAddressTwice_BothGetKeys()
    {
        using var mesh = new TestMesh().Cluster("alpha", network: "a").Cluster("beta").Policy(new ServicePolicy { LoadBalancing = "ring-hash" });
        mesh.Options = mesh.Options with { Caller = null };
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsDirect = true });
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { IsDirect = true });
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.0.1")));

        var counts = new Dictionary<ClusterId, int>();
        for (var key = 0UL; key < 1000; key++)
        {
            var cluster = Pick(mesh, KeyHash.Mix(key)).Cluster;
            counts[cluster] = counts.GetValueOrDefault(cluster) + 1;
        }

        counts.Values.Order().First().ShouldBeGreaterThan(400);
    }

    private static string[] Owners(TestMesh mesh)
    {
        var owners = new string[Keys];
        for (var i = 0; i < owners.Length; i++)
        {
            var attempts = default(RequestAttempts);
            var lease = mesh.Route.Pick(ref attempts, new PickHints(KeyHash.Mix((ulong)i))).Lease;
            lease.Release();
            owners[i] = lease.Endpoint.Address.ToString();
        }

        return owners;
    }

    private static EndpointState Pick(TestMesh mesh, ulong key)
    {
        var attempts = default(RequestAttempts);
        return Pick(mesh, key, ref attempts);
    }

    private static EndpointState Pick(TestMesh mesh, ulong key, ref RequestAttempts attempts) => mesh.Route.Pick(ref attempts, new PickHints(key)).Endpoint!;

    private static TestMesh World(string algorithm, int count = 0, int[]? weights = null, int factor = 125, bool reversed = false, Action<TestMesh>? configure = null)
    {
        Pod[] pods = [.. (weights ?? [.. Enumerable.Repeat(1, count)]).Select(static (w, i) => new Pod($"10.0.0.{i + 1}", Weight: w))];
        var mesh = new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm, HashBalanceFactor = factor, MaxEjectedPercent = 100 });
        configure?.Invoke(mesh);
        return mesh.Service(TestMesh.Part("alpha", reversed ? [.. pods.Reverse()] : pods));
    }

    private sealed class CountingPicker : HashPicker
    {
        public int Built { get; private set; }

        protected override HashTable Build(HashMember[] members)
        {
            Built++;
            return HashRing.Build(members);
        }
    }
}
