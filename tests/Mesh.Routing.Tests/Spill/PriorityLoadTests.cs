namespace Mesh.Spill;

/// <summary>The tables of Envoy's documentation, "Priority levels" and "Panic threshold".</summary>
public sealed class PriorityLoadTests
{
    [Theory]
    [InlineData("100 100", "100 0")]
    [InlineData("72 100", "100 0")]
    [InlineData("71 100", "99 1")]
    [InlineData("50 100", "70 30")]
    [InlineData("25 100", "35 65")]
    [InlineData("0 100", "0 100")]
    [InlineData("72 72", "100 0")]
    [InlineData("71 71", "99 1")]
    [InlineData("50 50", "70 30")]
    [InlineData("25 25", "50 50")]
    [InlineData("100 100 100", "100 0 0")]
    [InlineData("72 72 100", "100 0 0")]
    [InlineData("71 71 100", "99 1 0")]
    [InlineData("50 50 100", "70 30 0")]
    [InlineData("25 100 100", "35 65 0")]
    [InlineData("25 25 100", "35 35 30")]
    public void Of_HealthyPercents_AreTheLoadsOfTheTables(string healthy, string expected) => Loads(healthy).ShouldBe(Numbers(expected));

    [Fact]
    public void Of_NotWhole_TheFirstLevelGetsTheRemainder()
    {
        // The tables say 36, 36, 28 (35.7, 35.7 and 28.6) and 7, 93 (7.1 and 92.9), as whole numbers do not divide.
        Loads("25 25 20").ShouldBe([37, 35, 28]);
        Loads("5 65").ShouldBe([8, 92]);
        Loads("0 25 20").ShouldBe([0, 56, 44]);
    }

    [Theory]
    [InlineData("72 72", "no no")]
    [InlineData("50 60", "no no")]
    [InlineData("25 100", "no no")]
    [InlineData("0 100", "no no")]
    [InlineData("25 25", "yes yes")]
    [InlineData("5 65", "yes no")]
    public void PanicOf_HealthyPercents_IsPanicOfTheTable(string healthy, string expected) =>
        string.Join(' ', PriorityLoad.PanicOf(Scores(healthy), [.. Numbers(healthy).Select(static h => h / 100.0)]).Select(static p => p ? "yes" : "no")).ShouldBe(expected);

    [Theory]
    [InlineData(new[] { 4.0, 4.0 }, new[] { 50, 50 })]
    [InlineData(new[] { 2.0, 1.0 }, new[] { 67, 33 })]
    [InlineData(new[] { 0.0, 3.0 }, new[] { 0, 100 })]
    [InlineData(new[] { 0.0, 0.0 }, new[] { 0, 0 })]
    public void BySize_EveryLevelInPanic_SharesByItsHosts(double[] sizes, int[] expected) => PriorityLoad.BySize(sizes).ShouldBe(expected);

    [Fact]
    public void Score_OneOfManyIsLeft_IsSomethingAllTheSame()
    {
        PriorityLoad.Score(1 / 500.0, isUsable: true).ShouldBe(1);
        PriorityLoad.Score(0, isUsable: false).ShouldBe(0);
    }

    private static int[] Loads(string healthy) => PriorityLoad.Of(Scores(healthy));

    private static int[] Scores(string healthy) => Array.ConvertAll(Numbers(healthy), static h => PriorityLoad.Score(h / 100.0, h > 0));

    private static int[] Numbers(string text) => Array.ConvertAll(text.Split(' '), static n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture));
}
