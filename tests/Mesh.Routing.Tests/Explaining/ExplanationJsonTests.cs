using System.Text.Json;
using Mesh.Doubles;

namespace Mesh.Explaining;

/// <summary>Explain as JSON: what tools read, so names do not change.</summary>
public sealed class ExplanationJsonTests
{
    [Fact]
    public void ToJson_Service_HasStableNames()
    {
        using var mesh = World();
        TestMesh.Finish(mesh.Pick(), milliseconds: 20);
        mesh.Eject("10.0.0.2");

        using var json = JsonDocument.Parse(mesh.Router.Explain("orders.sales").ToJson());

        var root = json.RootElement;
        Names(root).ShouldBe(
            "asked match status view port portReason caller callerNetwork revision age inFlight retriesLeft clusters shed leavesCluster tiers policy policyProblems conflicts leftOut");
        Names(root.GetProperty("match")).ShouldBe("kind service view port reason isProvisional");
        Names(root.GetProperty("clusters")[0]).ShouldBe("cluster isOwn freshness reach network region endpoints isDown drain isSynced isExported");
        Names(root.GetProperty("tiers")[0]).ShouldBe("name share isDown readmitted endpoints level healthy total isFull isInPanic inUse");
        Names(root.GetProperty("tiers")[0].GetProperty("endpoints")[0]).ShouldBe("cluster address locality isUsable health latency inFlight weight relativeWeight failures isPenalty reach behind cost");
        Names(root.GetProperty("tiers")[0].GetProperty("endpoints")[1]).ShouldContain("reason ejectedFor");
        Names(root.GetProperty("policy")[0]).ShouldBe("name value origin");
        Names(root.GetProperty("leftOut")[0]).ShouldBe("cluster subject reason");
    }

    [Fact]
    public void ToJson_Service_HasTheFiguresOfTheText()
    {
        using var mesh = World();
        TestMesh.Finish(mesh.Pick(), milliseconds: 20);
        mesh.Eject("10.0.0.2");

        using var json = JsonDocument.Parse(mesh.Router.Explain("orders.sales").ToJson());

        var root = json.RootElement;
        root.GetProperty("match").GetProperty("service").GetString().ShouldBe("orders.sales");
        root.GetProperty("match").GetProperty("port").GetString().ShouldBe("the port for http");
        root.GetProperty("status").GetString().ShouldBe("Endpoint");
        root.GetProperty("caller").GetProperty("cluster").GetString().ShouldBe("alpha");
        root.GetProperty("leavesCluster").GetDouble().ShouldBe(30, 0.001);
        root.GetProperty("tiers").EnumerateArray().Select(static t => (t.GetProperty("name").GetString(), t.GetProperty("share").GetInt32())).ShouldBe([("same cluster", 70), ("same region", 30)]);
        var ejected = root.GetProperty("tiers")[0].GetProperty("endpoints")[1];
        ejected.GetProperty("ejectedFor").GetDouble().ShouldBeInRange(3.9, 5);
        ejected.GetProperty("health").GetString().ShouldBe("ejected");
        root.GetProperty("tiers")[0].GetProperty("endpoints")[0].GetProperty("latency").GetDouble().ShouldBe(0.02, 0.001);
    }

    [Fact]
    public void ToJson_NoService_SaysWhatItIs()
    {
        using var mesh = World();

        using var json = JsonDocument.Parse(mesh.Router.Explain("github.com").ToJson());

        json.RootElement.GetProperty("match").GetProperty("kind").GetString().ShouldBe("Foreign");
        json.RootElement.TryGetProperty("status", out _).ShouldBeFalse();
    }

    [Fact]
    public void ToJson_EndpointThatReportsItsLoad_SaysIt()
    {
        using var mesh = World();
        var lease = mesh.Pick();
        lease.ReportLoad(new LoadReport(0.4));
        mesh.Time.Advance(TimeSpan.FromSeconds(3));

        var endpoint = mesh.Explained(lease.Endpoint.Address.ToString());

        (endpoint.Utilization, endpoint.UtilizationAge).ShouldBe((0.4, TimeSpan.FromSeconds(3)));
    }

    private static string Names(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(static p => p.Name));

    private static TestMesh World() => new TestMesh().Cluster("alpha").Cluster("beta").Policy(new ServicePolicy { SpillOver = SpillOver.Health, LoadBalancing = "round-robin" }).Service(
        TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2"), new Pod("10.0.0.3", Weight: 0)), TestMesh.Part("beta", new Pod("10.0.1.1")));
}
