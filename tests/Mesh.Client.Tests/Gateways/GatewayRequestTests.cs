namespace Mesh.Gateways;

public class GatewayRequestTests
{
    [Fact]
    public async Task ContentOf_CallerSetHeadersOfTheMesh_LeavesThemOutAndTheCallersContentAsItWas()
    {
        using var content = new StringContent("order");
        content.Headers.TryAddWithoutValidation("Mesh-Hops", "0");
        content.Headers.TryAddWithoutValidation("x-own", ["a", "b"]);

        using var sent = GatewayRequest.ContentOf(content);

        sent.Headers.NonValidated.Contains("mesh-hops").ShouldBeFalse();
        sent.Headers.GetValues("x-own").ShouldBe(["a", "b"]);
        (sent.Headers.ContentType, sent.Headers.ContentLength).ShouldBe((content.Headers.ContentType, 5));
        (await sent.ReadAsStringAsync(Stop)).ShouldBe("order");
        content.Headers.GetValues("mesh-hops").ShouldBe(["0"]);
    }

    [Fact]
    public void ContentOf_NothingOfTheMesh_IsTheCallersOwn()
    {
        using var content = new StringContent("order");

        GatewayRequest.ContentOf(content).ShouldBeSameAs(content);
    }

    [Theory]
    [InlineData("eu", "eu-1", "eu/eu-1/alpha")]
    [InlineData(null, null, "//alpha")]
    [InlineData("eu", "Zürich", "eu//alpha")]
    [InlineData("a/b", "a b", "//alpha")]
    [InlineData("eu\r\nmesh-hops: 9", "eu-1", "/eu-1/alpha")]
    public void WriteFrom_PartsThatNoHeaderCanHold_StayEmpty(string? region, string? zone, string expected) =>
        GatewayRequest.WriteFrom(new Locality(new ClusterId("alpha"), region, zone, null)).ShouldBe(expected);
}
