namespace Mesh.Gateways;

public class GatewayRequestTests
{
    [Theory]
    [InlineData("eu", "eu-1", "eu/eu-1/alpha")]
    [InlineData(null, null, "//alpha")]
    [InlineData("eu", "Zürich", "eu//alpha")]
    [InlineData("a/b", "a b", "//alpha")]
    [InlineData("eu\r\nmesh-hops: 9", "eu-1", "/eu-1/alpha")]
    public void WriteFrom_PartsThatNoHeaderCanHold_StayEmpty(string? region, string? zone, string expected) =>
        GatewayRequest.WriteFrom(new Locality(new ClusterId("alpha"), region, zone, null)).ShouldBe(expected);
}
