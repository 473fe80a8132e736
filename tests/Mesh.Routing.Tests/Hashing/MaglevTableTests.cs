namespace Mesh.Hashing;

/// <summary>The tables that Envoy's own tests state (<c>maglev_lb_test.cc</c>).</summary>
public sealed class MaglevTableTests
{
    [Fact]
    public void Build_SixHosts_TableIsEnvoys() => Owners(7, 1, 1, 1, 1, 1, 1).ShouldBe([2, 4, 0, 1, 5, 0, 3]);

    [Fact]
    public void Build_Weighted_TableIsEnvoys() => Owners(17, 1, 2).ShouldBe([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);

    [Fact]
    public void Build_EqualWeightsOfAnySize_TableIsTheSame() => Owners(17, 7, 7).ShouldBe([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]);

    [Fact]
    public void Build_ThousandHosts_SharesAreWithinOnePlaceOfEachOther()
    {
        var table = MaglevTable.Build(HashRingTests.Hosts(1000, [.. Enumerable.Repeat(1, 1000)]));
        var counts = new int[1000];
        for (var i = 0; i < table.Length; i++)
        {
            counts[table.OwnerAt(i)]++;
        }

        table.Length.ShouldBe(65_537);
        (counts.Max() - counts.Min()).ShouldBe(1);
    }

    [Fact]
    public void Build_ExtremeWeights_EveryTurnIsCounted()
    {
        // A light one among heavy ones waits for a million rounds: more than there are.
        var owners = Owners(65_537, 1, 1_000_000, 500_000);

        owners.Count(static o => o == 0).ShouldBe(1);
        owners.Count(static o => o == 1).ShouldBeInRange(43_689, 43_692);
    }

    [Fact]
    public void Find_AKey_IsItsRemainder()
    {
        var table = MaglevTable.Build(HashRingTests.Hosts(90, 1, 1));

        table.Find(ulong.MaxValue).ShouldBe((int)(ulong.MaxValue % 65_537));
        table.Find(65_536).ShouldBe(65_536);
    }

    private static int[] Owners(int size, params int[] weights)
    {
        var table = MaglevTable.Build(HashRingTests.Hosts(90, weights), size);
        return [.. Enumerable.Range(0, size).Select(table.OwnerAt)];
    }
}
