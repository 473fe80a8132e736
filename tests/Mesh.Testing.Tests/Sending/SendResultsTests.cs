using System.Net;

namespace Mesh.Sending;

public sealed class SendResultsTests
{
    private static readonly SendResult Alpha = By("alpha", "orders-1", "n1", "eu-1");
    private static readonly SendResult Alpha2 = By("alpha", "orders-2", "n2", "eu-1b");
    private static readonly SendResult Beta = By("beta", "orders-1", "n1", null);

    [Fact]
    public void AllServedBy_OneElsewhere_ThrowsATableOfWhoServed()
    {
        var results = new SendResults([Alpha, Alpha, Alpha2, Beta, Failed("no route for 1.5 ms"), Failed("no route for 22.5 ms")]);

        Should.Throw<MeshAssertionException>(() => results.ShouldAllBeServedBy("alpha")).Message.ReplaceLineEndings("\n").ShouldBe(
            """
            Every request should be served by alpha; 3 of 6 did not.
            6 requests, 2 failed
                   2   33.3 %  alpha      eu-1     n1     orders-1
                   1   16.7 %  alpha      eu-1b    n2     orders-2
                   1   16.7 %  beta       -        n1     orders-1
                   2  failed   HttpRequestException: no route for 1.5 ms

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void AllServedBy_NodeAndZone_AreAskedToo()
    {
        var results = new SendResults([Alpha, Alpha2]);

        results.ShouldAllBeServedBy("alpha");
        Should.Throw<MeshAssertionException>(() => results.ShouldAllBeServedBy("alpha", node: "n1"));
        Should.Throw<MeshAssertionException>(() => results.ShouldAllBeServedBy("alpha", zone: "eu-1"));
        new SendResults([Alpha]).ShouldAllBeServedBy("alpha", "n1", "eu-1");
    }

    [Fact]
    public void ServedByAllOf_OneIdle_Throws()
    {
        new SendResults([Alpha, Beta]).ShouldBeServedByAllOf("alpha", "beta");
        Should.Throw<MeshAssertionException>(() => new SendResults([Alpha]).ShouldBeServedByAllOf("alpha", "beta")).Message.ShouldStartWith("beta should have served too");
        Should.Throw<MeshAssertionException>(() => new SendResults([Alpha, Beta]).ShouldBeServedByAllOf("alpha"));
    }

    [Fact]
    public void NotServedBy_OneThere_Throws()
    {
        var results = new SendResults([Alpha, Beta]);

        results.ShouldNotBeServedBy("gamma").ShouldNotBeServedBy("alpha", node: "n2");
        Should.Throw<MeshAssertionException>(() => results.ShouldNotBeServedBy("beta"));
    }

    [Fact]
    public void NoRequests_NoAssertionHolds()
    {
        var none = new SendResults([]);

        Should.Throw<MeshAssertionException>(none.ShouldAllSucceed);
        Should.Throw<MeshAssertionException>(none.ShouldAllFail);
        none.ShareOf("alpha").ShouldBe(0);
    }

    [Fact]
    public void ErrorStatus_IsAFailureThoughSomebodyServed()
    {
        var results = new SendResults([Alpha with { Status = HttpStatusCode.ServiceUnavailable }]);

        results.Failed.ShouldBe(1);
        results.ByCluster.ShouldBeEmpty();
        Should.Throw<MeshAssertionException>(results.ShouldAllSucceed).Message.ShouldContain("status 503");
    }

    [Fact]
    public void Counts_ByClusterZoneNodeAndPod_TheMostFirst()
    {
        var results = new SendResults([Beta, Alpha, Alpha2, Alpha]);

        results.ByCluster.ShouldBe([new("alpha", 3), new("beta", 1)]);
        results.ByZone.ShouldBe([new("eu-1", 2), new("-", 1), new("eu-1b", 1)]);
        results.ByNode.Keys.ShouldBe(["alpha/n1", "alpha/n2", "beta/n1"]);
        results.ByPod["alpha/orders-1"].ShouldBe(2);
        results.ShareOf("alpha").ShouldBe(0.75);
    }

    private static SendResult By(string cluster, string pod, string node, string? zone) => new(
        "http://orders.sales", new BackendIdentity(ServiceName.Parse("orders.sales"), cluster, pod, node, zone), HttpStatusCode.OK, null, TimeSpan.Zero);

    private static SendResult Failed(string why) => new("http://orders.sales", null, null, new HttpRequestException(why), TimeSpan.Zero);
}
