using Mesh.Doubles;
using Mesh.Hashing;

namespace Mesh.Subsets;

public sealed class SubsetTests
{
    [Theory]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("weighted-by-utilization")]
    public void Pick_LargeTier_UsesAsManyAsThePolicySays(string algorithm)
    {
        using var mesh = World(300, algorithm);

        Used(mesh).Count.ShouldBe(100);
    }

    [Fact]
    public void Pick_AtMostTheSize_UsesAll()
    {
        using var mesh = World(100);

        Used(mesh).Count.ShouldBe(100);
    }

    [Fact]
    public void Pick_Off_UsesAll()
    {
        using var mesh = World(300, size: 0);

        Used(mesh).Count.ShouldBe(300);
    }

    [Fact]
    public void Pick_ManyProcesses_UseDifferentOnesAndEachEndpointAboutAsOften()
    {
        var uses = new Dictionary<string, int>();
        for (var process = 0; process < 60; process++)
        {
            using var mesh = World(300, instance: $"pod-{process}");
            foreach (var address in Used(mesh))
            {
                uses[address] = uses.GetValueOrDefault(address) + 1;
            }
        }

        // Of 60 processes 20 each, standard deviation 3.65: within four and a half.
        uses.Count.ShouldBe(300);
        uses.Values.ShouldAllBe(static u => u >= 4 && u <= 36);
    }

    [Fact]
    public void Pick_TheSameProcessAgain_UsesTheSame()
    {
        using var mesh = World(300, instance: "pod-1");
        using var again = World(300, instance: "pod-1");
        again.Options = again.Options with { Seed = 1234 };

        Used(mesh).ShouldBe(Used(again), ignoreOrder: true);
    }

    [Fact]
    public void Pick_WithoutAName_TheSeedDecides()
    {
        using var mesh = World(300);
        using var again = World(300);
        again.Options = again.Options with { Seed = 1234 };

        Used(mesh).SetEquals(Used(again)).ShouldBeFalse();
    }

    [Fact]
    public void Pick_EndpointsComeAndGo_OneIsReplaced()
    {
        using var mesh = World(300);
        var before = Used(mesh);
        var gone = before.First();

        mesh.Service(TestMesh.Part("alpha", [.. Pods(301).Where(p => p.Address != gone)]));
        var after = Used(mesh);

        after.Count.ShouldBe(100);
        after.Except(before).Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void Pick_OneIsEjected_AnotherTakesItsPlaceUntilItIsBack()
    {
        using var mesh = World(300, "random");
        var before = Used(mesh);
        mesh.Eject(before.First());

        var during = Used(mesh);
        mesh.Time.Advance(TimeSpan.FromSeconds(6));
        mesh.Send().Address.ToString().ShouldBe(before.First());

        // Longer than slow start takes.
        mesh.Time.Advance(TimeSpan.FromSeconds(60));
        during.Count.ShouldBe(100);
        during.Except(before).Count().ShouldBe(1);
        Used(mesh).ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void Pick_AfterAFailure_StaysInTheSubset()
    {
        using var mesh = World(300);
        var used = Used(mesh);
        for (var i = 0; i < 200; i++)
        {
            var attempts = default(RequestAttempts);
            attempts.AddFailedTry(mesh.At(used.First()));
            var lease = mesh.Route.Pick(ref attempts, default).Lease;
            lease.Release();
            used.ShouldContain(lease.Endpoint.Address.ToString());
        }
    }

    [Fact]
    public void Pick_AllOfTheSubsetHasFailed_GoesBeyondIt()
    {
        using var mesh = World(5, size: 1);
        var used = Used(mesh).Single();
        var attempts = default(RequestAttempts);
        attempts.AddFailedTry(mesh.At(used));

        mesh.Route.Pick(ref attempts, default).Endpoint!.Address.ToString().ShouldNotBe(used);
    }

    [Theory]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    public void Pick_Hashing_KnowsTheWholeTier(string algorithm)
    {
        using var mesh = World(300, algorithm);
        var used = new HashSet<EndpointState>();
        for (var i = 0UL; i < 20_000; i++)
        {
            var attempts = default(RequestAttempts);
            var lease = mesh.Route.Pick(ref attempts, new PickHints(KeyHash.Mix(i))).Lease;
            lease.Release();
            used.Add(lease.Endpoint);
        }

        used.Count.ShouldBe(300);
        mesh.Router.Explain("orders.sales").Tiers.Single().InUse.ShouldBe(300);
    }

    [Fact]
    public void Pick_Weighted_SharesInsideTheSubsetFollowTheWeights()
    {
        using var mesh = World(0).Service(TestMesh.Part("alpha", [.. Pods(300).Select(static (p, i) => p with { Weight = i % 2 == 0 ? 3 : 1 })]));

        var counts = mesh.Count(40_000);

        var heavy = counts.Where(c => mesh.At(c.Key).Weight == 3).Select(static c => (double)c.Value).Average();
        var light = counts.Where(c => mesh.At(c.Key).Weight == 1).Select(static c => (double)c.Value).Average();
        (heavy / light).ShouldBe(3, 0.25);
    }

    [Fact]
    public void Explain_LargeTier_SaysHowManyAreUsed()
    {
        using var mesh = World(300);

        var explained = mesh.Router.Explain("orders.sales");

        explained.Tiers.Single().InUse.ShouldBe(100);
        explained.ToString().ShouldContain("this process uses 100 of them (SubsetSize)");
    }

    private static HashSet<string> Used(TestMesh mesh) => [.. mesh.Count(8000).Keys];

    private static IEnumerable<Pod> Pods(int count) => Enumerable.Range(1, count).Select(static i => new Pod($"10.0.{i / 256}.{i % 256}"));

    private static TestMesh World(int count, string algorithm = "least-request", int size = 100, string? instance = null)
    {
        var mesh = new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm, SubsetSize = size, SlowStart = TimeSpan.Zero })
            .Service(TestMesh.Part("alpha", [.. Pods(count)]));
        mesh.Options = mesh.Options with { Instance = instance };
        return mesh;
    }
}
