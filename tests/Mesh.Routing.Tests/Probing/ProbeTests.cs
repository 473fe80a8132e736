using System.Diagnostics;
using Mesh.Doubles;
using Mesh.Health;

namespace Mesh.Probing;

/// <summary>Who is asked whether it is well, when, and what becomes of it; on a clock that the test turns.</summary>
public sealed class ProbeTests
{
    private const string One = "10.0.0.1";
    private const string Other = "10.0.0.2";
    private const string Gateway = "192.0.2.1";

    private readonly ScriptedProber _prober = new();

    [Fact]
    public async Task Probe_ThreeFailuresInARow_IsLeftOutUntilOneSucceeds()
    {
        using var mesh = World(2);
        _prober.Failing[One] = "it answered 503, not 200";
        var before = new List<bool>();
        _prober.OnAsked = e =>
        {
            if (e.Address.ToString() == One)
            {
                before.Add(e.IsEjected);
            }
        };

        await TurnAsync(mesh, () => mesh.At(One).IsEjected);

        before.ShouldBe([false, false, false]);
        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe(Other);
        var explained = mesh.Explained(One);
        (explained.Health, explained.Reason, explained.IsUsable).ShouldBe(("probe failed", "it answered 503, not 200", false));
        explained.EjectedFor!.Value.ShouldBeInRange(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(3));
        mesh.Router.Explain("orders.sales").ToString().ShouldMatch("probe failed for [0-9.]+ s more: it answered 503, not 200");
        await UntilAsync(() => mesh.Logger.Lines.Any(static l => l.Id == 1202));
        mesh.Logger.Lines.Single(static l => l.Id == 1202).Message.ShouldBe("Endpoint alpha 10.0.0.1:8080 of orders.sales counts as down: 3 probes in a row failed, the last: it answered 503, not 200. Requests go elsewhere where they can; it is asked on.");

        _prober.Failing.Clear();
        await TurnAsync(mesh, () => !mesh.At(One).IsEjected);

        mesh.Explained(One).Health.ShouldBe("healthy");
        mesh.Count(50).Keys.ShouldContain(One);
        await UntilAsync(() => mesh.Logger.Lines.Any(static l => l.Id == 1203));
        (mesh.Logger.Lines.Count(static l => l.Id == 1202), mesh.Logger.Lines.Count(static l => l.Id == 1203)).ShouldBe((1, 1));
        mesh.At(One).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Probe_WhoIsToldOfItThrows_ItIsAskedOn()
    {
        using var mesh = World(2);
        mesh.Logger.OnLog = static _ => throw new IOException("The disk is full.");
        _prober.Failing[One] = "it answered 503, not 200";
        await TurnAsync(mesh, () => mesh.At(One).IsEjected);

        _prober.Failing.Clear();
        await TurnAsync(mesh, () => !mesh.At(One).IsEjected);

        mesh.Count(50).Keys.ShouldContain(One);
    }

    [Fact]
    public async Task Probe_NoAnswerInTime_IsAFailureThatNamesTheTime()
    {
        using var mesh = World(2);
        _prober.Hangs = true;

        await TurnAsync(mesh, () => mesh.At(One).IsEjected);

        mesh.Explained(One).Reason.ShouldBe("no answer within 1 s");
    }

    [Fact]
    public async Task Probe_NoPathIsSaid_OnlyGatewaysAreAskedAndOnceForAllServices()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod(One)), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Options = mesh.Options with { DialsGateways = true };
        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("beta")) { Region = "eu", Network = "far", Gateway = new GatewayAddress([EndpointAddress.Parse(Gateway)]) });
        var payments = ServiceName.Parse("payments.sales");
        mesh.Catalog.Set(payments, new ServiceContribution(payments) { Ports = TestMesh.Http, Segments = TestMesh.Part("beta", new Pod("10.0.1.2")).Segments });
        mesh.Router.UseProber(_prober);
        var other = mesh.RouteOf("http://payments.sales");

        for (var i = 0; i < 310; i++)
        {
            mesh.Count(1);
            mesh.Count(1, other);
            Turn(mesh);
        }

        _prober.Asked.ShouldAllBe(static a => a.Address == Gateway && a.Path == null);
        _prober.Asked.Count.ShouldBeInRange(9, 14);
        _prober.Failing[Gateway] = "it answered 503, not 200";
        await TurnAsync(mesh, () => mesh.Router.Endpoints.Where(static e => e.Reach == Reach.Gateway).All(static e => e.IsEjected));
        mesh.Router.Endpoints.Count(static e => e.IsEjected).ShouldBe(2);
        mesh.Logger.Lines.Single(static l => l.Id == 1202).Message.ShouldStartWith("The gateway 192.0.2.1:15443 of cluster 'beta' counts as down");
    }

    [Fact]
    public async Task Probe_ServiceIsIdle_StopsAfterAMinuteAndWhatWasKnownIsForgotten()
    {
        using var mesh = World(2);
        _prober.Failing[One] = "no";
        await TurnAsync(mesh, () => mesh.At(One).IsEjected);

        Turn(mesh, seconds: 65);
        var soon = _prober.Asked.Count;
        Turn(mesh, seconds: 15);
        var asked = _prober.Asked.Count;
        Turn(mesh, seconds: 60);

        soon.ShouldBeGreaterThan(2 * 15);
        _prober.Asked.Count.ShouldBe(asked);
        mesh.At(One).IsEjected.ShouldBeFalse();

        await TurnAsync(mesh, () => mesh.At(One).IsEjected);
    }

    [Fact]
    public async Task Probe_EndpointIsGone_IsAskedNoMore()
    {
        using var mesh = World(2);
        await TurnAsync(mesh, () => _prober.CountOf(One) > 0);

        mesh.Service(TestMesh.Part("alpha", new Pod(Other)));
        mesh.Count(1);
        Turn(mesh, seconds: 1);
        var asked = _prober.CountOf(One);
        await TurnAsync(mesh, () => _prober.CountOf(Other) > 5);

        _prober.CountOf(One).ShouldBe(asked);
    }

    [Fact]
    public void Probe_ManyEndpoints_AreSpreadOverTheInterval()
    {
        using var mesh = World(100);
        var counts = new List<int>();

        // The first second only wakes the service.
        for (var i = 0; i < 40; i++)
        {
            mesh.Count(1);
            var before = _prober.Asked.Count;
            Turn(mesh);
            counts.Add(_prober.Asked.Count - before);
        }

        counts.Max().ShouldBeLessThan(20, "seed 7");
        _prober.Asked.Select(static a => a.Address).Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public async Task Probe_NobodyAnswers_ABoundedNumberIsUnderWay()
    {
        using var mesh = World(200);
        mesh.Policy(new ServicePolicy { ProbePath = "/healthz", ProbeInterval = TimeSpan.FromSeconds(3), ProbeTimeout = TimeSpan.FromSeconds(3) });
        _prober.Hangs = true;

        await TurnAsync(mesh, () => _prober.UnderWay == ProbeSchedule.MostAtOnce);
        Turn(mesh, seconds: 2);

        _prober.MostUnderWay.ShouldBe(ProbeSchedule.MostAtOnce);
    }

    [Fact]
    public async Task Probe_Succeeds_EndsNoEjection()
    {
        using var mesh = World(2);
        await TurnAsync(mesh, () => _prober.CountOf(One) > 0);
        mesh.Eject(One);
        var asked = _prober.CountOf(One);

        Turn(mesh, seconds: 3.9);

        _prober.CountOf(One).ShouldBeGreaterThan(asked);
        mesh.At(One).Health.Phase.ShouldBe(HealthPhase.Ejected);
    }

    [Fact]
    public async Task Probe_Fails_RequestsThatSucceedDoNotBringItBack()
    {
        using var mesh = World(2);
        _prober.Failing[One] = "no";
        await TurnAsync(mesh, () => mesh.At(One).IsEjected);

        mesh.At(One).Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(1)));

        mesh.At(One).IsEjected.ShouldBeTrue();
    }

    [Fact]
    public async Task Probe_FailsWhileItsEjectionIsOver_NoRequestFindsOut()
    {
        using var mesh = World(2);
        _prober.Failing[One] = "no";
        await TurnAsync(mesh, () => mesh.At(One).IsEjected);
        for (var i = 0; i < 5; i++)
        {
            mesh.At(One).Report(new AttemptOutcome(AttemptResult.Failed));
        }

        mesh.Explained(One).Reason.ShouldBe("5 failures in a row (gateway-class failure); probe failed: no");
        await TurnAsync(mesh, () => mesh.At(One).Health.Phase == HealthPhase.HalfOpen);

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe(Other);
        _prober.Failing.Clear();
        await TurnAsync(mesh, () => !mesh.At(One).IsProbeDown);
        mesh.Count(1).ShouldHaveSingleItem().Key.ShouldBe(One);
    }

    [Fact]
    public async Task Probe_EverybodyFailsInTheLastTier_HalfOfThemIsUsedAllTheSame()
    {
        using var mesh = World(4);
        for (var i = 1; i <= 4; i++)
        {
            _prober.Failing[$"10.0.0.{i}"] = "no";
        }

        await TurnAsync(mesh, () => mesh.Router.Endpoints.All(static e => e.IsEjected));

        mesh.Count(50).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Probe_OneThatFailsIsAskedNoMore_TheLogSaysSo()
    {
        using var mesh = World(2);
        _prober.Failing[One] = "it answered 503, not 200";
        await TurnAsync(mesh, () => mesh.At(One).IsEjected);
        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1205);

        // Nobody uses the service: a minute after the ten seconds that the budget looks back.
        Turn(mesh, seconds: 75);

        mesh.At(One).IsEjected.ShouldBeFalse();
        mesh.Logger.Lines.Where(static l => l.Id == 1205).ShouldHaveSingleItem().Message.ShouldStartWith("Endpoint alpha 10.0.0.1:8080 of orders.sales, whose probes failed, is not probed any more");
    }

    private TestMesh World(int pods)
    {
        var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, pods).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Policy(new ServicePolicy { ProbePath = "/healthz" });
        mesh.Router.UseProber(_prober);
        return mesh;
    }

    // A tenth of a second with whatever is due in it. The loops run on after their delays by themselves; those that are not done when it returns are in the next.
    private static void Turn(TestMesh mesh, double seconds = 0.1)
    {
        for (var i = 0; i < Math.Round(seconds * 10); i++)
        {
            mesh.Time.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    // Turns the clock, with a request each time, until something holds.
    private static Task TurnAsync(TestMesh mesh, Func<bool> condition) => UntilAsync(() =>
    {
        mesh.Count(1);
        Turn(mesh);
        return condition();
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
