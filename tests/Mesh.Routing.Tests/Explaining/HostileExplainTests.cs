using System.Text.Json;
using Mesh.Doubles;

namespace Mesh.Explaining;

/// <summary>Explanations and dry runs of what nobody should ask, and over what no source should say (docs/bad-input.md).</summary>
public sealed class HostileExplainTests
{
    private static readonly string[] HostileHosts =
    [
        "", " ", "://", "http://", "http://[", "http://[::1", "orders.sales:99999", "orders.sales:-1", "a\0b.sales", "\ud800.sales", "http://orders.sales\r\nX: y", "orders..sales", ".", "_.orders.sales",
        "_http.orders.sales:0", new string('a', 100_000) + ".sales", "http://" + string.Concat(Enumerable.Repeat("a.", 30_000)) + "sales", "ordres.sales", "%00.sales", "http://user:pass\u0007@orders.sales",
    ];

    // By number: some are longer than a test's name may be.
    public static TheoryData<int> Hosts => [.. Enumerable.Range(0, HostileHosts.Length)];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void ExplainAndDryRun_HostileHost_AnswerInTextAndInJsonThatIsJson(int which)
    {
        var host = HostileHosts[which];
        using var mesh = World();

        var explained = mesh.Router.Explain(host);
        var run = mesh.Router.DryRun(host, new ServicePolicy { MaxRetries = 2 });

        _ = explained.ToString();
        _ = run.ToString();
        JsonDocument.Parse(explained.ToJson()).Dispose();
        JsonDocument.Parse(run.ToJson()).Dispose();
    }

    [Fact]
    public void ToJson_WordsWithControlCharactersAndHalfCharacters_IsJson()
    {
        using var mesh = World();
        mesh.Pick().Release();
        mesh.Eject("10.0.0.1");
        mesh.Cluster("gamma", region: "\ud800\0\u001b[31m\"\\", zone: "\u2028");
        mesh.Contributions([.. new[] { "alpha", "gamma" }.Select(static c => new ClusterContribution("test", new ClusterId(c), TestMesh.Part(c, new Pod("10.0.0.1", Zone: "\udc00\r\n"))))]);

        using var json = JsonDocument.Parse(mesh.Router.Explain("orders.sales").ToJson());

        json.RootElement.GetProperty("clusters").EnumerateArray().Select(static c => c.GetProperty("region").GetString()).ShouldContain("\ufffd\0\u001b[31m\"\\");
    }

    [Fact]
    public void DryRun_GatewayHasTheAddressOfAnEndpoint_BothAreToldApart()
    {
        var beta = new ClusterId("beta");
        using var mesh = World();
        mesh.Options = mesh.Options with { DialsGateways = true };
        mesh.Catalog.SetCluster(new ClusterSnapshot(beta) { Network = "vpc", Region = "eu", Freshness = ClusterFreshness.Live }, "direct");
        mesh.Catalog.SetCluster(new ClusterSnapshot(beta) { Network = "far", Region = "eu", Gateway = new GatewayAddress([EndpointAddress.Parse("10.0.1.1")], 8080), Freshness = ClusterFreshness.Live }, "remote");
        mesh.Contributions(
        [
            new("test", new ClusterId("alpha"), TestMesh.Part("alpha", new Pod("10.0.0.1"))),
            new("direct", beta, TestMesh.Part("beta", new Pod("10.0.1.1"))),
            new("remote", beta, TestMesh.Part("beta", new Pod("10.0.9.9"))),
        ]);
        mesh.Router.Explain("orders.sales").Tiers.SelectMany(static t => t.Endpoints).Count(static e => e.Address == "10.0.1.1:8080").ShouldBe(2);

        var run = mesh.Router.DryRun("orders.sales", new ServicePolicy { Mode = RoutingMode.Failover, Targets = [] });

        run.Endpoints.Count(static e => e.Address == "10.0.1.1:8080").ShouldBe(2);
    }

    private static TestMesh World() => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
}
