using System.Collections.Concurrent;
using Mesh.Doubles;
using Mesh.Spill;

namespace Mesh.Routes;

/// <summary>What runs beside the requests: whom it may keep waiting, and what becomes of what it throws.</summary>
public sealed class HeartbeatTests
{
    private static readonly ServiceName Payments = ServiceName.Parse("payments.sales");
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public void Tick_OfOneServiceThrows_OthersTickAndItIsSaidOnce()
    {
        var rules = new Dictionary<string, HookedRule>();
        using var mesh = World(rules);
        rules["orders"].OnMove = static () => throw new InvalidOperationException("broken.");

        Seconds(mesh, 3);

        (rules["orders"].Moves, rules["payments"].Moves).ShouldBe((3, 3));
        mesh.Logger.Lines.Where(static l => l.Id == 1240).ShouldHaveSingleItem().Message.ShouldStartWith("What the mesh does for orders.sales beside its requests failed, and goes on when it is due again: broken.");
    }

    [Fact]
    public void Tick_ThrowsAndTheLoggerTooThrows_OthersTick()
    {
        var rules = new Dictionary<string, HookedRule>();
        using var mesh = World(rules);
        rules["orders"].OnMove = static () => throw new InvalidOperationException("broken.");
        mesh.Logger.OnLog = static _ => throw new IOException("The disk is full.");

        Seconds(mesh, 3);

        (rules["orders"].Moves, rules["payments"].Moves).ShouldBe((3, 3));
    }

    [Fact]
    public void Tick_TakesLong_APickOfAnotherServiceWakesIt()
    {
        var rules = new Dictionary<string, HookedRule>();
        using var mesh = World(rules);
        var other = ServiceName.Parse("stock.sales");
        Set(mesh, other);
        var isPicked = false;
        rules["orders"].OnMove = () => isPicked |= Elsewhere(() => mesh.Pick(mesh.RouteOf("http://stock.sales")).Release());

        Seconds(mesh, 1);

        isPicked.ShouldBeTrue();
    }

    [Fact]
    public void Notice_OfATableIsLogged_OthersPickMeanwhile()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        Set(mesh, TestMesh.Orders);
        mesh.Policy(new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId("ghost"))] });
        var other = mesh.RouteOf("http://orders.sales", new ServicePolicy { MaxRetries = 3 });
        var isPicked = false;
        mesh.Logger.OnLog = id => isPicked |= id == 1222 && Elsewhere(() => mesh.Pick(other).Release());

        _ = mesh.Route.Table;

        isPicked.ShouldBeTrue();
    }

    [Fact]
    public void Notice_OfATickIsLogged_OthersPickMeanwhile()
    {
        using var mesh = new TestMesh().Cluster("alpha").Cluster("beta", "us").Service(
            TestMesh.Part("alpha", [.. Enumerable.Range(1, 4).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")));
        var isPicked = false;
        mesh.Logger.OnLog = id => isPicked |= id == 1230 && Elsewhere(() => mesh.Pick(mesh.RouteOf("http://orders.sales", new ServicePolicy { MaxRetries = 3 })).Release());

        // The near endpoints say that they have too much to do.
        for (var second = 0; second < 30; second++)
        {
            for (var i = 0; i < 20; i++)
            {
                if (mesh.PickResult() is { HasEndpoint: true, Lease: var lease })
                {
                    var isBusy = second >= 10 && lease.Endpoint.Cluster.Name == "alpha";
                    lease.ReportLoad(new LoadReport(isBusy ? 1.4 : 0.3));
                    TestMesh.Finish(lease, milliseconds: isBusy ? 40 : 10);
                }
            }

            Seconds(mesh, 1);
        }

        mesh.Logger.Lines.ShouldContain(static l => l.Id == 1230);
        isPicked.ShouldBeTrue();
    }

    [Fact]
    public void Probe_WhatItsEndRunsThrows_TheTickDoesNotSeeIt()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")));
        mesh.Policy(new ServicePolicy { ProbePath = "/healthz", ProbeInterval = TimeSpan.FromSeconds(30), ProbeTimeout = TimeSpan.FromSeconds(30) });
        var prober = new StubbornProber();
        mesh.Router.UseProber(prober);
        SpinWait.SpinUntil(
            () =>
            {
                mesh.Count(1);
                mesh.Time.Advance(TimeSpan.FromSeconds(0.1));
                return prober.Asked.Contains("10.0.0.1");
            },
            Bound).ShouldBeTrue();

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.2")));
        mesh.Count(1);
        Seconds(mesh, 1);

        SpinWait.SpinUntil(() => prober.Ended.Contains("10.0.0.1"), Bound).ShouldBeTrue();
        mesh.Logger.Lines.ShouldNotContain(static l => l.Id == 1240);
    }

    private static TestMesh World(Dictionary<string, HookedRule> rules)
    {
        var mesh = new TestMesh().Cluster("alpha");
        Set(mesh, TestMesh.Orders);
        Set(mesh, Payments);
        foreach (var name in new[] { "orders", "payments" })
        {
            var rule = rules[name] = new HookedRule();
            mesh.Router.Context.NewSpillRule = () => rule;
            mesh.Pick(mesh.RouteOf($"http://{name}.sales"));
        }

        mesh.Router.Context.NewSpillRule = static () => new HookedRule();
        return mesh;
    }

    private static void Set(TestMesh mesh, ServiceName service) =>
        mesh.Catalog.Set(service, new ServiceContribution(service) { Ports = TestMesh.Http, Segments = TestMesh.Part("alpha", new Pod("10.0.0.1"), new Pod("10.0.0.2")).Segments });

    private static void Seconds(TestMesh mesh, int count)
    {
        for (var i = 0; i < count; i++)
        {
            mesh.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    // Whether another thread gets through with it while this one stays here.
    private static bool Elsewhere(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread.Join(Bound);
    }

    private sealed class StubbornProber : IEndpointProber
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public ConcurrentQueue<string> Ended { get; } = new();

        public async Task<string?> ProbeAsync(EndpointState endpoint, string? path, TimeSpan timeout, CancellationToken cancellationToken)
        {
            var address = endpoint.Address.ToString();
            await using var registration = cancellationToken.Register(() =>
            {
                Ended.Enqueue(address);
                throw new InvalidOperationException("I do not want to end.");
            });
            Asked.Enqueue(address);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null;
        }
    }

    private sealed class HookedRule : ISpillRule
    {
        public int Moves { get; private set; }

        public Action? OnMove { get; set; }

        public TierShares Split(SpillTier[] tiers, double now) => TierShares.AllTo(0, tiers.Length);

        public void Move(SpillTier[] tiers, double now)
        {
            Moves++;
            OnMove?.Invoke();
        }
    }
}
