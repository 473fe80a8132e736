using System.Diagnostics.Metrics;
using Mesh.Doubles;

namespace Mesh.Telemetry;

/// <summary>What the log warns of can be alerted on, and the alert clears by itself: <c>mesh.routing.degraded</c> and its neighbours.</summary>
public sealed class DegradedTests
{
    [Fact]
    public void Policy_ThatCannotBeFollowed_UntilTheSourceBringsAnother()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        Bring(new ServicePolicy { LoadBalancing = "fastest" });
        Degraded(mesh, "policy_not_followed").ShouldBe("mesh.service=orders.sales 1");
        mesh.Logger.Lines.Count(static l => l.Id == 1220).ShouldBe(1);

        Bring(ServicePolicy.Empty);

        Degraded(mesh, "policy_not_followed").ShouldBe("mesh.service=orders.sales 0");

        void Bring(ServicePolicy policy)
        {
            mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")) with { Policy = policy });
            mesh.Send();
        }
    }

    [Fact]
    public void Target_ThatNobodyDescribes_UntilSomebodyDoes()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId("alpha")), new RoutingTarget(new ClusterId("beta"))] });
        mesh.Send();
        Degraded(mesh, "unknown_target").ShouldBe("mesh.service=orders.sales 1");
        mesh.Logger.Lines.Count(static l => l.Id == 1222).ShouldBe(1);

        mesh.Cluster("beta");
        mesh.Send();

        Degraded(mesh, "unknown_target").ShouldBe("mesh.service=orders.sales 0");
    }

    [Fact]
    public void Cluster_OutOfReach_UntilItCanBeDialled()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta", network: null).Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Send();
        Degraded(mesh, "out_of_reach").ShouldBe("mesh.cluster=alpha 0, mesh.cluster=beta 1");
        mesh.Logger.Lines.Count(static l => l.Id == 1221).ShouldBe(1);

        mesh.Cluster("beta");
        mesh.Send();

        Degraded(mesh, "out_of_reach").ShouldBe("mesh.cluster=alpha 0, mesh.cluster=beta 0");
    }

    [Fact]
    public void Service_NobodyHasEverBroughtIt_IsNoSeries()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.PickResult(mesh.RouteOf("http://made-up.sales"));

        Degraded(mesh, "policy_not_followed").ShouldBeEmpty();
    }

    [Fact]
    public void Breaker_ItsEndpointsGo_IsOpenNoMoreAndTheLogSaysSo()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Send();
        mesh.At("10.0.0.1").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        mesh.At("10.0.0.2").Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        Read(mesh, "mesh.routing.breaker.open").ShouldContain("mesh.service=orders.sales mesh.breaker=Cluster alpha mesh.port=80 1");

        mesh.Service(TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Send();

        Read(mesh, "mesh.routing.breaker.open").ShouldBeEmpty();
        mesh.Logger.Lines.Count(static l => l.Id == 1214).ShouldBe(mesh.Logger.Lines.Count(static l => l.Id == 1210));
        mesh.Route.State.Breakers.ShouldAllBe(static b => !b.IsOpen);
    }

    [Fact]
    public void Endpoint_ThatIsEjectedGoes_IsCountedNoMoreAndTheLogSaysSo()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        mesh.Send();
        mesh.Eject("10.0.0.1");
        Read(mesh, "mesh.routing.endpoint.count").ShouldContain("mesh.service=orders.sales mesh.cluster=alpha mesh.endpoint.state=ejected 1");

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.2")));
        mesh.Send();

        Read(mesh, "mesh.routing.endpoint.count").ShouldContain("mesh.service=orders.sales mesh.cluster=alpha mesh.endpoint.state=ejected 0");
        mesh.Logger.Lines.Where(static l => l.Id == 1204).ShouldHaveSingleItem().Message.ShouldBe("Endpoint alpha 10.0.0.1:8080 of orders.sales, which was ejected, is gone.");
    }

    [Fact]
    public void Drain_OfACluster_IsSeenToBeginAndItsLastRequestToEnd()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")), TestMesh.Part("beta", new Pod("10.0.1.1")));
        var last = mesh.Pick();
        last.Endpoint.Cluster.Name.ShouldBe("alpha");

        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { Region = "eu", Network = "vpc", Drain = 100 });
        mesh.Send().Cluster.Name.ShouldBe("beta");
        Read(mesh, "mesh.routing.cluster.drain").ShouldBe(["mesh.cluster=alpha 1", "mesh.cluster=beta 0"]);
        Read(mesh, "mesh.routing.active_requests").ShouldBe(["mesh.service=orders.sales mesh.cluster=alpha 1", "mesh.service=orders.sales mesh.cluster=beta 0"]);

        TestMesh.Finish(last);
        Read(mesh, "mesh.routing.active_requests").ShouldBe(["mesh.service=orders.sales mesh.cluster=alpha 0", "mesh.service=orders.sales mesh.cluster=beta 0"]);
        mesh.Cluster("alpha");
        Read(mesh, "mesh.routing.cluster.drain").ShouldBe(["mesh.cluster=alpha 0", "mesh.cluster=beta 0"]);
    }

    private static string Degraded(TestMesh mesh, string reason)
    {
        var start = $"mesh.reason={reason} ";
        return string.Join(", ", Read(mesh, "mesh.routing.degraded").Where(l => l.StartsWith(start, StringComparison.Ordinal)).Select(l => l[start.Length..]));
    }

    private static List<string> Read(TestMesh mesh, string name)
    {
        List<string> read = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter == mesh.Router.Context.Meter.Meter && instrument.Name == name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => read.Add(Line(value, tags)));
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => read.Add(Line(value, tags)));
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => read.Add(Line((long)value, tags)));
        listener.Start();
        listener.RecordObservableInstruments();
        read.Sort(StringComparer.Ordinal);
        return read;
    }

    private static string Line(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', [.. tags.ToArray().Select(static t => $"{t.Key}={t.Value}"), $"{value}"]);
}
