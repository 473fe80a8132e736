namespace Mesh.Hashing;

/// <summary>The positions and choices that Envoy's own tests state (<c>ring_hash_lb_test.cc</c>).</summary>
public sealed class HashRingTests
{
    [Fact]
    public void Build_SixHosts_PlacesAreEnvoys()
    {
        var ring = HashRing.Build(Hosts(90, 1, 1, 1, 1, 1, 1), minimum: 12);

        Ports(ring, 90).ShouldBe(
        [
            (833437586790550860, 94), (928266305478181108, 92), (1033482794131418490, 90), (3551244743356806947, 95), (3851675632748031481, 93), (5583722120771150861, 91),
            (6311230543546372928, 91), (7700377290971790572, 93), (13144177310400110813, 95), (13444792449719432967, 92), (15516499411664133160, 94), (16117243373044804889, 90),
        ]);
    }

    [Theory]
    [InlineData(0UL, 94)]
    [InlineData(ulong.MaxValue, 94)]
    [InlineData(3551244743356806947UL, 95)]
    [InlineData(3551244743356806948UL, 93)]
    [InlineData(16117243373044804880UL, 90)]
    public void Find_AKey_IsTheFirstPlaceAtOrAfterItAndWrapsAround(ulong key, int port)
    {
        var ring = HashRing.Build(Hosts(90, 1, 1, 1, 1, 1, 1), minimum: 12);

        (90 + ring.OwnerAt(ring.Find(key))).ShouldBe(port);
    }

    [Fact]
    public void Build_SizeNotAMultiple_EachHostGetsAWholeNumber()
    {
        Ports(HashRing.Build(Hosts(80, 1, 1), minimum: 3), 80).ShouldBe(
            [(5454692015285649509, 80), (7859399908942313493, 81), (13838424394637650569, 80), (16064866803292627174, 81)]);
        Ports(HashRing.Build(Hosts(81, 1, 1), minimum: 3), 81).ShouldBe(
            [(7859399908942313493, 81), (8241336090459785962, 82), (12882406409176325258, 82), (16064866803292627174, 81)]);
    }

    [Fact]
    public void Build_Weighted_PlacesAreEnvoys()
    {
        Ports(HashRing.Build(Hosts(90, 1, 2, 3), minimum: 6, maximum: 6), 90).ShouldBe(
        [
            (928266305478181108, 92), (4443673547860492590, 92), (5583722120771150861, 91), (6311230543546372928, 91), (13444792449719432967, 92), (16117243373044804889, 90),
        ]);
    }

    [Fact]
    public void Build_WeightedLarge_SharesAreEnvoys()
    {
        var ring = HashRing.Build(Hosts(90, 1, 2, 3), minimum: 6144);
        var counts = new int[3];
        for (var i = 0UL; i < 6000; i++)
        {
            counts[ring.OwnerAt(ring.Find(i * (ulong.MaxValue / 6000)))]++;
        }

        ring.Length.ShouldBe(6144);
        counts.ShouldBe([987, 1932, 3081]);
    }

    [Theory]
    [InlineData(1024, 1)]
    [InlineData(1024, 1, 1)]
    [InlineData(1026, 1, 1, 1)]
    [InlineData(1_000_001, 1, 1_000_000)]
    [InlineData(2, 1_000_000, 1_000_000, 2)]
    public void Build_Defaults_SizeIsEnvoys(int size, params int[] weights)
    {
        // The last row asks for two at least and no more.
        var (members, limit) = size == 2 ? (Hosts(90, weights[..2]), weights[2]) : (Hosts(90, weights), HashRing.Maximum);

        HashRing.Build(members, Math.Min(HashRing.Minimum, limit), limit).Length.ShouldBe(size);
    }

    [Fact]
    public void Build_Nobody_IsEmpty() => HashRing.Build([]).Length.ShouldBe(0);

    internal static HashMember[] Hosts(int firstPort, params int[] weights) => [.. weights.Select((w, i) => new HashMember($"127.0.0.1:{firstPort + i}", w, i))];

    private static (ulong Place, int Port)[] Ports(HashRing ring, int firstPort) => [.. Enumerable.Range(0, ring.Length).Select(i => (ring.Places[i], firstPort + ring.OwnerAt(i)))];
}
