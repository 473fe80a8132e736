using System.Diagnostics;
using System.Runtime.CompilerServices;
using Mesh.Doubles;

namespace Mesh.Probing;

/// <summary>Ten thousand endpoints of one service are probed; on a clock that the test turns.</summary>
public sealed class ProbeScaleTests
{
    private const int Endpoints = 10_000;

    // Timers that are not of single probes: the heartbeat, the router's own.
    private const int OtherTimers = 8;

    private readonly ScriptedProber _prober = new();
    private readonly CountedTimers _clock = new();

    [Fact]
    public async Task Probe_TenThousandEndpoints_AreSpreadOverTheIntervalAndEachHasOneTimer()
    {
        using var mesh = World();
        await TurnUntilAsync(mesh, () => !_prober.Asked.IsEmpty);

        // In each 0.1 s of the first interval a thirtieth on average, 333 with a deviation of 18. Each pause is a little shorter than the interval, so that at the end of the first one those who
        // are asked for the second time meet the last who are asked for the first: twice as many at most. Then 370 on average.
        var counts = new List<int>();
        for (var i = 0; i < 60; i++)
        {
            var before = _prober.Asked.Count;
            Turn(mesh);
            counts.Add(_prober.Asked.Count - before);
            _clock.Live.ShouldBeLessThanOrEqualTo(Endpoints + OtherTimers);
        }

        counts.Max().ShouldBeLessThan(800, "seed 7");
        counts.Skip(35).Max().ShouldBeLessThan(550, "seed 7");
        counts.Take(28).Min().ShouldBeGreaterThan(200, "seed 7");
        var each = _prober.Asked.CountBy(static a => a.Address).ToList();
        each.Count.ShouldBe(Endpoints);
        each.ShouldAllBe(static e => e.Value >= 1 && e.Value <= 4);
        _prober.MostUnderWay.ShouldBeLessThanOrEqualTo(ProbeSchedule.MostAtOnce);
    }

    [Fact]
    public async Task Probe_NoneOfTenThousandAnswers_ABoundedNumberIsUnderWayAndEverybodyHasATurn()
    {
        using var mesh = World();
        _prober.Hangs = true;

        // 64 at once, each for a second: all of them take 157 s.
        await TurnUntilAsync(mesh, () =>
        {
            _clock.Live.ShouldBeLessThanOrEqualTo(Endpoints + ProbeSchedule.MostAtOnce + OtherTimers);
            return _prober.Asked.Count >= Endpoints;
        });

        _prober.MostUnderWay.ShouldBe(ProbeSchedule.MostAtOnce);
        var each = _prober.Asked.Take(Endpoints).CountBy(static a => a.Address).ToList();
        each.Count.ShouldBeGreaterThan(Endpoints * 99 / 100);
        each.ShouldAllBe(static e => e.Value <= 2);
    }

    [Fact]
    public async Task Probe_TenThousandComeAndGo_TheGoneAreAskedNoMoreAndNothingOfThemStays()
    {
        using var mesh = World();
        var gone = new List<WeakReference>();
        for (var generation = 1; generation <= 3; generation++)
        {
            // Those of the second generation never answer: they go with probes under way, and with the others waiting for their turn.
            _prober.Hangs = generation == 2;
            await TurnUntilAsync(mesh, () => _prober.Hangs ? _prober.UnderWay == ProbeSchedule.MostAtOnce : _prober.Asked.DistinctBy(static a => a.Address).Count() == Endpoints);
            gone.AddRange(States(mesh));

            _prober.Hangs = false;
            SetEndpoints(mesh, generation);
            mesh.Count(1);
            Turn(mesh, seconds: 1);
            await UntilAsync(() => _prober.UnderWay == 0 && _clock.Live <= Endpoints + OtherTimers, () => $"{_prober.UnderWay} probes are under way and {_clock.Live} timers alive in generation {generation}");
            _prober.Asked.Clear();
        }

        await TurnUntilAsync(mesh, () => _prober.Asked.DistinctBy(static a => a.Address).Count() >= Endpoints);

        _prober.Asked.ShouldAllBe(static a => a.Address.StartsWith("10.3.", StringComparison.Ordinal));
        mesh.Router.Endpoints.Count.ShouldBe(Endpoints);
        _clock.Live.ShouldBeLessThanOrEqualTo(Endpoints + OtherTimers);

        // What the last ones that ran still hold in their frames is a handful.
        await UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return gone.Count(static g => g.IsAlive) < 100;
        }, () => $"{gone.Count(static g => g.IsAlive)} of {gone.Count} that are gone are still held");
    }

    private TestMesh World()
    {
        var mesh = new TestMesh { Time = _clock }.Cluster("alpha");
        SetEndpoints(mesh, 0);
        mesh.Policy(new ServicePolicy { ProbePath = "/healthz" });
        mesh.Router.UseProber(_prober);
        return mesh;
    }

    private static void SetEndpoints(TestMesh mesh, int generation) =>
        mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(0, Endpoints).Select(i => new Pod($"10.{generation}.{i / 250}.{1 + (i % 250)}"))]));

    // In a method of its own, so that nothing on the stack remembers them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> States(TestMesh mesh) => [.. mesh.Router.Endpoints.Select(static e => new WeakReference(e))];

    private static void Turn(TestMesh mesh, double seconds = 0.1)
    {
        for (var i = 0; i < Math.Round(seconds * 10); i++)
        {
            mesh.Time.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    // Turns the clock, with a request each time, until something holds.
    private static Task TurnUntilAsync(TestMesh mesh, Func<bool> condition) => UntilAsync(() =>
    {
        mesh.Count(1);
        Turn(mesh);
        return condition();
    });

    private static async Task UntilAsync(Func<bool> condition, Func<string>? state = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(120), state?.Invoke());
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
