namespace Mesh.Localities;

public class ClusterKeyTests
{
    [Fact]
    public void Parse_FourLabels_PrintedAsWritten()
    {
        var key = ClusterKey.Parse("eu/eu-1/default/alpha");

        key.ShouldBe(new ClusterKey("eu", "eu-1", ClusterKey.DefaultGroup, new ClusterId("alpha")));
        key.ToString().ShouldBe("eu/eu-1/default/alpha");
    }

    [Theory]
    [InlineData("eu/eu-1/alpha")]
    [InlineData("eu/eu-1/default/alpha/x")]
    [InlineData("eu//default/alpha")]
    [InlineData("EU/eu-1/default/alpha")]
    public void Parse_AnythingElse_RefusedWithTheForm(string text) =>
        Should.Throw<FormatException>(() => ClusterKey.Parse(text)).Message.ShouldContain("region/zone/group/name");

    [Fact]
    public void Locality_PartsNotKnown_ShownAsDashes() =>
        new Locality(new ClusterId("alpha"), null, "eu-1", "n1").ToString().ShouldBe("-/eu-1/alpha/n1");
}
