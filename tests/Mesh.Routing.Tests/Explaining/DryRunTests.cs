using System.Diagnostics.Metrics;
using System.Text.Json;
using Mesh.Doubles;

namespace Mesh.Explaining;

/// <summary>What another policy would do, found out without doing it.</summary>
public sealed class DryRunTests
{
    private static readonly ServicePolicy Halves = new() { Mode = RoutingMode.ActiveActive, Targets = [new RoutingTarget(new ClusterId("alpha")), new RoutingTarget(new ClusterId("delta"))], SpillOver = SpillOver.Health };

    [Fact]
    public void DryRun_AnotherMode_SaysFieldsSharesAndEndpoints()
    {
        using var mesh = World();

        var run = mesh.Router.DryRun("orders.sales", Halves);

        run.Errors.ShouldBeEmpty();
        run.ChangesNothing.ShouldBeFalse();
        run.Policy.Select(static p => $"{p.Name}: {p.Before} ({p.BeforeOrigin}) → {p.After} ({p.AfterOrigin})").ShouldBe(
        [
            "Mode: Locality (MeshDefault) → ActiveActive (Service)",
            "Targets: every other cluster (MeshDefault) → alpha, delta (Service)",
            "SpillOver: None (Service) → Health (Service)",
        ]);
        run.Tiers.Select(static t => (t.Name, t.Before, t.After)).ShouldBe([("same cluster", 100, 50), ("cluster delta", 0, 50), ("same region", 0, null)], ignoreOrder: true);
        run.Endpoints.Select(static e => (e.Cluster.Name, e.Address, e.Before, e.After)).ShouldBe([("beta", "10.0.1.1:8080", "same region", null)]);
        run.After!.Tiers.Select(static t => t.Share).ShouldBe([50, 50]);
    }

    [Fact]
    public void DryRun_LiveHealth_IsSeen()
    {
        using var mesh = World();
        _ = mesh.Route.Table;
        mesh.Eject("10.0.0.1");
        mesh.Send();

        var run = mesh.Router.DryRun("orders.sales", new ServicePolicy { SpillOver = SpillOver.Health });

        run.Tiers.Select(static t => (t.Name, t.Before, t.After)).ShouldBe([("same cluster", 100, 70), ("same region", 0, 30)]);
        run.After!.Tiers[0].Endpoints.Select(static e => e.Health).ShouldBe(["ejected", "healthy"]);
        run.After.Tiers[0].Endpoints[1].Latency.ShouldBe(run.Before.Tiers[0].Endpoints[1].Latency);
    }

    [Fact]
    public void DryRun_Mistakes_AreEachNamed()
    {
        using var mesh = World();

        var run = mesh.Router.DryRun("orders.sales", new ServicePolicy
        {
            MaxRetries = 11,
            LoadBalancing = "fastest",
            Mode = RoutingMode.ActiveActive,
            Targets = [new RoutingTarget(new ClusterId("beta"), 0), new RoutingTarget(new ClusterId("beta"), 0, 1_001)],
        });

        run.After.ShouldBeNull();
        run.Errors.ShouldContain("MaxRetries is 11: use 0 to 10.");
        run.Errors.ShouldContain(static e => e.StartsWith("Targets:1:Cluster names 'beta' a second time", StringComparison.Ordinal));
        run.Errors.ShouldContain(static e => e.StartsWith("Targets:1:Priority is 1001", StringComparison.Ordinal));
        run.Errors.ShouldContain(static e => e.StartsWith("Targets have weight 0 all of them", StringComparison.Ordinal));
        run.Errors.ShouldContain(static e => e.StartsWith("LoadBalancing 'fastest' is not known", StringComparison.Ordinal));
        run.Errors.Length.ShouldBe(5);
        run.ToString().ShouldStartWith("DRY RUN of a policy for orders.sales: it cannot be followed.\n\nERRORS\n  ");
        run.Before.Tiers.ShouldNotBeEmpty();
    }

    [Fact]
    public void DryRun_UnknownTarget_IsANewProblemAndToldToNobodyElse()
    {
        using var mesh = World();
        mesh.Count(5);

        var run = mesh.Router.DryRun("orders.sales", new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId("nowhere"))] });

        run.NewProblems.ShouldHaveSingleItem().ShouldStartWith("Targets names cluster 'nowhere'");
        mesh.Logger.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void DryRun_ServiceNobodyAskedFor_LeavesNothingBehind()
    {
        using var mesh = World();
        var changes = new List<string>();
        using var listener = Listen(changes);

        mesh.Router.DryRun("orders.sales", Halves).After!.Tiers.Length.ShouldBe(2);
        mesh.Router.DryRun("orders.sales", new ServicePolicy()).After!.Tiers.Length.ShouldBe(3);

        mesh.Router.ServiceCount.ShouldBe(0);
        mesh.Router.Endpoints.ShouldBeEmpty();
        mesh.Logger.Lines.ShouldBeEmpty();
        changes.ShouldBeEmpty();
        mesh.Pick().Endpoint.Cluster.Name.ShouldBe("alpha");
    }

    [Fact]
    public void DryRun_ServiceInUse_EverythingStaysAsItIs()
    {
        using var mesh = World();
        mesh.Count(20);
        mesh.Eject("10.0.0.1");
        _ = mesh.Route.Table;
        var (table, endpoints, explained) = (mesh.Route.Table, mesh.Router.Endpoints, mesh.Router.Explain("orders.sales").ToString());
        var breakers = mesh.Route.State.Breakers;
        var (tiers, picks, attached) = (endpoints.Select(static e => e.TierName).ToArray(), endpoints.Select(static e => e.Picks).ToArray(), endpoints.Select(static e => e.Breakers).ToArray());

        mesh.Router.DryRun("orders.sales", Halves);

        mesh.Route.Table.ShouldBeSameAs(table);
        mesh.Router.Endpoints.ShouldBe(endpoints);
        mesh.Route.State.Breakers.ShouldBe(breakers);
        endpoints.Select(static e => e.TierName).ShouldBe(tiers);
        endpoints.Select(static e => e.Picks).ShouldBe(picks);
        endpoints.Select(static e => e.Breakers).ShouldBe(attached);
        mesh.Router.Explain("orders.sales").ToString().ShouldBe(explained);
    }

    [Fact]
    public void DryRun_ClusterThatIsNotUsed_GetsNoStateAndNoBreaker()
    {
        using var mesh = World().Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId("beta"))] });
        mesh.Count(20);
        var breakers = mesh.Route.State.Breakers.Select(static b => b.Name).Order().ToArray();

        mesh.Router.DryRun("orders.sales", Halves).Endpoints.ShouldContain(static e => e.Cluster.Name == "delta" && e.Before == null);

        // The next table publishes whatever was kept.
        Parts(mesh);
        mesh.Count(20);
        mesh.Router.Endpoints.Select(static e => e.Cluster.Name).Distinct().Order().ShouldBe(["alpha", "beta"]);
        mesh.Route.State.Breakers.Select(static b => b.Name).Order().ShouldBe(breakers);
    }

    [Fact]
    public void DryRun_OwnAlgorithm_IsNotToldOfTiersThatNobodyUses()
    {
        using var mesh = World();
        var own = new CountingPicker();
        mesh.Pickers["own"] = own;

        mesh.Router.DryRun("orders.sales", new ServicePolicy { LoadBalancing = "own" }).Policy.ShouldContain(static p => p.Name == "LoadBalancing" && p.After == "own");

        own.Tiers.ShouldBe(0);
    }

    [Fact]
    public void DryRun_RuleWithAMemory_IsAskedAndDoesNotMove()
    {
        var rule = new SetShares();
        using var mesh = rule.World();
        mesh.Count(3);

        mesh.Router.DryRun("orders.sales", new ServicePolicy { MaxRetries = 3 });

        rule.Moves.ShouldBe(0);
    }

    [Fact]
    public void DryRun_SamePolicy_ChangesNothing()
    {
        using var mesh = World();

        var run = mesh.Router.DryRun("orders.sales", new ServicePolicy { SpillOver = SpillOver.None });

        run.ChangesNothing.ShouldBeTrue();
        run.ToString().ShouldBe("DRY RUN of a policy for orders.sales: it would change nothing.");
    }

    [Fact]
    public void DryRun_NoService_SaysSo()
    {
        using var mesh = World();

        mesh.Router.DryRun("github.com", new ServicePolicy()).ToString().ShouldStartWith("DRY RUN of a policy for github.com: the host is no service of the mesh.");
    }

    [Theory]
    [InlineData(RoutingMode.Failover)]
    [InlineData(RoutingMode.Locality)]
    public void DryRun_ServiceThatNobodyHas_SaysThatRequestsFailAnyway(RoutingMode mode)
    {
        using var mesh = World();

        mesh.Router.DryRun("ordrs.sales", new ServicePolicy { Mode = mode }).ToString()
            .ShouldContain("REQUESTS FAIL NOW, AND STILL WOULD\n  No cluster has a service ordrs.sales. Did you mean orders.sales?");
    }

    [Fact]
    public void ToString_SaysWhatChanges()
    {
        using var mesh = World();

        var text = mesh.Router.DryRun("orders.sales", Halves).ToString();

        TestContext.Current.TestOutputHelper?.WriteLine(text);
        var lines = text.Split('\n').Select(static l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        lines[0].ShouldBe("DRY RUN of a policy for orders.sales: nothing was changed.");
        lines.ShouldContain("Mode Locality mesh default ActiveActive this policy");
        lines.ShouldContain("100 % 50 % same cluster");
        lines.ShouldContain("0 % – same region");
        lines.ShouldContain("beta, 10.0.1.1:8080 leave: same region");
        text.Split('\n').ShouldAllBe(static l => l == l.TrimEnd());
    }

    [Fact]
    public void ToJson_HasStableNames()
    {
        using var mesh = World();

        using var json = JsonDocument.Parse(mesh.Router.DryRun("orders.sales", Halves).ToJson());

        json.RootElement.EnumerateObject().Select(static p => p.Name).ShouldBe(["errors", "before", "after", "policy", "tiers", "endpoints", "newProblems", "solvedProblems", "changesNothing"]);
        json.RootElement.GetProperty("policy")[0].ToString().ShouldBe("""
            {
                  "name": "Mode",
                  "before": "Locality",
                  "beforeOrigin": "MeshDefault",
                  "after": "ActiveActive",
                  "afterOrigin": "Service"
                }
            """);
        json.RootElement.GetProperty("endpoints")[0].GetProperty("cluster").GetString().ShouldBe("beta");
    }

    private static TestMesh World() => Parts(new TestMesh().Cluster("alpha").Cluster("beta").Cluster("delta", "us").Policy(new ServicePolicy { SpillOver = SpillOver.None }));

    private static TestMesh Parts(TestMesh mesh) => mesh.Service(
        TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")), TestMesh.Part("beta", new Pod("10.0.1.1")), TestMesh.Part("delta", new Pod("10.0.3.1")));

    private static MeterListener Listen(List<string> changes)
    {
        // Other tests' routers have meters of this name too: a dry run measures on the thread that asks, if it does.
        var thread = Environment.CurrentManagedThreadId;
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Mesh" && !instrument.IsObservable)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                changes.Add(instrument.Name);
            }
        });
        listener.Start();
        return listener;
    }

    private sealed class CountingPicker : EndpointPicker
    {
        public int Tiers { get; private set; }

        public override EndpointPicker ForTier(TierMembers tier)
        {
            Tiers++;
            return this;
        }

        public override int Pick(in PickContext context) => 0;
    }
}
