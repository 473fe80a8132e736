using System.Collections.Immutable;
using Mesh.Doubles;
using Mesh.Endpoints;
using Mesh.Picks;
using Mesh.Retries;
using Mesh.Telemetry;

namespace Mesh.Health;

/// <summary>Timers whose time has come and gone: they were disposed when they were about to call.</summary>
public sealed class LateTimerTests : IDisposable
{
    private readonly LateTimers _timers = new();
    private readonly RoutingMeter _meter = new(static () => [], static () => [], static () => [], static () => [], static () => []);
    private readonly HealthContext _context;
    private readonly EndpointState _endpoint;

    public LateTimerTests()
    {
        _context = new HealthContext(TestMesh.Orders, new RouterClock(_timers), new PickRandom(7), new TestLogger(), _meter);
        _endpoint = new EndpointState(
            new EndpointKey(new ClusterId("alpha"), new Pod("10.0.0.1").Describe().Address, 8080, Guid.Empty),
            new EndpointDetails(default, null, 1, Reach.Direct, "test"),
            _context,
            new RequestLoad());
    }

    [Fact]
    public void Breaker_TimerOfTheFirstOpeningCallsInTheSecond_NoTrialIsDue()
    {
        using var breaker = new ConnectBreaker(_context, "Cluster alpha", 80, new ClusterId("alpha"), static _ => false) { MemberCount = 1 };
        Open(breaker);
        breaker.OnConnected(_context.Generation);
        Open(breaker);

        _timers.Call(0);
        breaker.TryTakeTrial().ShouldBeFalse();
        _timers.Call(1);
        breaker.TryTakeTrial().ShouldBeTrue();
    }

    [Fact]
    public void Endpoint_TimerOfTheFirstEjectionCallsInTheSecond_ItStaysEjected()
    {
        Eject();
        _endpoint.Health.TryTakeProbe(out var probe, early: true).ShouldBeTrue();
        _endpoint.Report(probe, new AttemptOutcome(AttemptResult.Failed));

        _timers.Call(0);
        _endpoint.Health.Phase.ShouldBe(HealthPhase.Ejected);
        _timers.Call(1);
        _endpoint.Health.Phase.ShouldBe(HealthPhase.HalfOpen);
    }

    public void Dispose() => _meter.Dispose();

    private void Open(ConnectBreaker breaker)
    {
        _endpoint.Attach(1, breaker, null);
        breaker.OnConnectFailed(_endpoint, _context.Generation, 0);
        breaker.OnConnectFailed(_endpoint, _context.Generation, 0);
        breaker.IsOpen.ShouldBeTrue();
    }

    private void Eject()
    {
        for (var i = 0; i < 5; i++)
        {
            _endpoint.Report(new AttemptOutcome(AttemptResult.Failed));
        }

        _endpoint.Health.Phase.ShouldBe(HealthPhase.Ejected);
    }
}
