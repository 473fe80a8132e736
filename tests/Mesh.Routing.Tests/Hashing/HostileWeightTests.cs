using Mesh.Doubles;

namespace Mesh.Hashing;

/// <summary>Weights and numbers of endpoints that would make a table without bound (docs/bad-input.md).</summary>
public sealed class HostileWeightTests
{
    [Fact]
    public void Ring_AThousandHeavyAndOneLight_IsBounded()
    {
        var ring = HashRing.Build(HashRingTests.Hosts(1000, [1, .. Enumerable.Repeat(1_000_000, 1000)]));

        ring.Length.ShouldBeInRange(HashRing.Maximum, HashRing.Maximum + 1);
        Enumerable.Range(0, ring.Length).Select(ring.OwnerAt).Where(static o => o != 0).Distinct().Count().ShouldBe(1000, "the heavy have all of it");
    }

    [Fact]
    public void Maglev_MoreEndpointsThanPlaces_EachPlaceHasAnOwnerAndNobodyHasTwo()
    {
        var members = Enumerable.Range(0, 500).Select(static i => new HashMember($"10.0.{i >> 8}.{i & 255}:80", 1, i)).ToArray();

        var table = MaglevTable.Build(members, size: 251);

        Enumerable.Range(0, table.Length).Select(table.OwnerAt).Distinct().Count().ShouldBe(251);
    }

    [Theory]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("weighted-by-utilization")]
    public void Pick_WeightsZeroOneAndAMillion_TheHeavyGetsNearlyAllAndTheZeroNothing(string algorithm)
    {
        using var mesh = new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm, HashBalanceFactor = 0 });
        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Weight: 0), new Pod("10.0.0.2", Weight: 1), new Pod("10.0.0.3", Weight: 1_000_000)));

        var counts = mesh.Count(2000);

        counts.GetValueOrDefault("10.0.0.1").ShouldBe(0);
        counts["10.0.0.3"].ShouldBeGreaterThan(1990, "seed 7");
    }
}
