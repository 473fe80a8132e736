using Mesh.Backends;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>
/// The caller of a hedged request gives up, at each point where the request waits: it hears of it under its own token, both endpoints are free and blameless, and nothing is left. Alone in the
/// process, for failures that nobody looks at are heard of when they are collected.
/// </summary>
[Collection(nameof(HedgingCancellationTests))]
[CollectionDefinition(nameof(HedgingCancellationTests), DisableParallelization = true)]
public sealed class HedgingCancellationTests
{
    private const int Before = 20;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_BeforeTheFirstTry_NobodyIsAsked(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(world.SendAsync());

        (world.Dial.Begun(world.Near.Port), world.Dial.Begun(world.Far.Port)).ShouldBe((0, 0));
        await world.ShouldBeCleanAsync(hedges: 0);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileTheFirstConnects_NoSecondIsSent(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);
        world.Dial.HoldConnects(world.Near.Port);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Dial.Begun(world.Near.Port) == 1, "the first is dialled");
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        _clock.Advance(Delay);
        world.Dial.Begun(world.Far.Port).ShouldBe(0);
        await world.ShouldBeCleanAsync(hedges: 0);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileTheHedgingDelayRuns_NoSecondIsSent(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay - TimeSpan.FromMilliseconds(1));
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        world.Dial.Begun(world.Far.Port).ShouldBe(0);
        await Eventually.BecomesTrue(() => world.Near.Left == 1, "the first is cancelled");
        await world.ShouldBeCleanAsync(hedges: 0);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileTheSecondConnects_TheFirstEndsToo(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);
        world.Dial.HoldConnects(world.Far.Port);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Dial.Begun(world.Far.Port) == 1, "the second is dialled");
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        await Eventually.BecomesTrue(() => world.Near.Left == 1, "the first is cancelled");
        world.Far.Arrived.ShouldBe(0);
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileBothConnect_NobodyIsAsked(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);
        world.Dial.HoldConnects(world.Near.Port);
        world.Dial.HoldConnects(world.Far.Port);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Dial.Begun(world.Near.Port) == 1, "the first is dialled");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Dial.Begun(world.Far.Port) == 1, "the second is dialled");
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        (world.Near.Arrived, world.Far.Arrived).ShouldBe((0, 0));
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileBothAreWaitedFor_BothEnd(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Far.Arrived == 1, "the second arrives");
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        await Eventually.BecomesTrue(() => world.Near.Left == 1 && world.Far.Left == 1, "both are cancelled");
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_WhileTheLoserIsDisposed_TheWinnersAnswerIsDisposedToo(bool theFirstWins)
    {
        // HTTP/1.1: a cancelled request takes its connection with it, whose end is held here.
        await using var world = await World.StartAsync(HttpProtocols.Http1, _clock);
        var (winner, loser) = theFirstWins ? (world.Near, world.Far) : (world.Far, world.Near);
        world.Dial.HoldEnds(loser.Port);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Far.Arrived == 1, "the second arrives");
        winner.SendHeaders();
        await Eventually.BecomesTrue(() => world.Dial.Ending == 1, "the loser is being disposed");
        await world.Stop.CancelAsync();
        sending.IsCompleted.ShouldBeFalse();
        world.Dial.ReleaseEnds(loser.Port);

        await world.ShouldBeCancelledAsync(sending);
        await Eventually.BecomesTrue(() => winner.Left == 1 && loser.Left == 1, "both connections end");
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Cancel_WhileTheBodyIsRead_ReadingEnds(HttpProtocols protocols, bool theFirstWins)
    {
        await using var world = await World.StartAsync(protocols, _clock);
        var (winner, loser) = theFirstWins ? (world.Near, world.Far) : (world.Far, world.Near);

        var sending = world.SendAsync();
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Far.Arrived == 1, "the second arrives");
        winner.SendHeaders();
        using (var response = await sending.WaitAsync(Eventually.Bound, Stop))
        {
            var body = await response.Content.ReadAsStreamAsync(Stop);
            await body.ReadExactlyAsync(new byte[6], Stop);
            (world.InFlight(winner), world.InFlight(loser)).ShouldBe((1, 0));
            var reading = body.ReadAsync(new byte[1], world.Stop.Token).AsTask();
            reading.IsCompleted.ShouldBeFalse();
            await world.Stop.CancelAsync();

            await world.ShouldBeCancelledAsync(reading);
            world.InFlight(winner).ShouldBe(0);
        }

        await Eventually.BecomesTrue(() => winner.Left == 1 && loser.Left == 1, "both are cancelled");
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Cancel_WhileTheClientBuffersTheBody_EndsAndTheAnswerIsDisposed(HttpProtocols protocols)
    {
        await using var world = await World.StartAsync(protocols, _clock);

        using var request = World.Request(protocols);
        var sending = world.Mesh.Client().SendAsync(request, world.Stop.Token);
        await Eventually.BecomesTrue(() => world.Near.Arrived == 1, "the first arrives");
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => world.Far.Arrived == 1, "the second arrives");
        world.Far.SendHeaders();
        await Eventually.BecomesTrue(() => world.Near.Left == 1, "the first is cancelled");
        await world.Stop.CancelAsync();

        await world.ShouldBeCancelledAsync(sending);
        await Eventually.BecomesTrue(() => world.Far.Left == 1, "the answer is disposed");
        await world.ShouldBeCleanAsync(hedges: 1);
    }

    /// <summary>Two endpoints that answer when a test says so, a mesh that hedges, a caller that sends one request, and what must be left of it.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly UnobservedFailures _unobserved = new();
        private HttpMessageInvoker _invoker = null!;
        private ServiceRoute _route = null!;
        private HttpProtocols _protocols;
        private bool _isMeshDisposed;

        public required PacedBackend Near { get; init; }

        public required PacedBackend Far { get; init; }

        public TestMesh Mesh { get; private set; } = null!;

        public WatchedDial Dial { get; } = new();

        /// <summary>The caller's.</summary>
        public CancellationTokenSource Stop { get; } = new();

        public static async Task<World> StartAsync(HttpProtocols protocols, FakeTimeProvider clock)
        {
            var world = new World { Near = await PacedBackend.StartAsync(protocols), Far = await PacedBackend.StartAsync(protocols), _protocols = protocols };
            world.Mesh = await NearAndFar.StartAsync(
                world.Near.Backend,
                world.Far.Backend,
                clock,
                static o =>
                {
                    o.Policy.Hedging = true;
                    o.Policy.HedgingDelay = Delay;
                },
                world.Dial.AddTo);

            // The handlers of a client and not the client, which mends a cancellation under another token.
            world._invoker = new HttpMessageInvoker(world.Mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(""), disposeHandler: false);
            var router = world.Mesh.Services.GetRequiredService<MeshRouter>();
            world._route = router.GetRoute(router.Match(new Uri("http://orders.sales/")), null);

            // A hedge is a twentieth of what there was; without connections, for the tests are about those.
            for (var i = 0; i < Before; i++)
            {
                var attempts = new RequestAttempts(1);
                var lease = world._route.Pick(ref attempts, default).Lease;
                lease.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(1)));
                lease.Release();
            }

            return world;
        }

        public static HttpRequestMessage Request(HttpProtocols protocols) => new(HttpMethod.Get, "http://orders.sales/")
        {
            Version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        public async Task<HttpResponseMessage> SendAsync()
        {
            using var request = Request(_protocols);
            return await _invoker.SendAsync(request, Stop.Token);
        }

        public async Task ShouldBeCancelledAsync(Task asking) =>
            (await Should.ThrowAsync<OperationCanceledException>(asking.WaitAsync(Eventually.Bound, TestStop.Stop))).CancellationToken.ShouldBe(Stop.Token);

        public int InFlight(PacedBackend backend) => Mesh.Explain(backend.Port).InFlight;

        public async Task ShouldBeCleanAsync(int hedges)
        {
            foreach (var backend in new[] { Near, Far })
            {
                var endpoint = Mesh.Explain(backend.Port);
                (endpoint.InFlight, endpoint.Failures, endpoint.Health).ShouldBe((0, 0, "healthy"));
            }

            var (load, policy) = (_route.State.Load, _route.Policy);
            (load.InFlight, load.Requests).ShouldBe((0, Before + 1u));
            var whole = (policy.RetryBudgetRatio * (Before + 1)) + (policy.RetryBudgetMinimum * 10);
            (whole - _route.State.Budget.Remaining(policy.RetryBudgetRatio, policy.RetryBudgetMinimum)).ShouldBe(hedges, 1e-6);

            await DisposeMeshAsync();
            await Eventually.BecomesTrue(() => Dial.Pending == 0 && Dial.Open == 0, "every connection is disposed");
            await Eventually.BecomesTrue(() => Near.Backend.OpenConnections == 0 && Far.Backend.OpenConnections == 0, "the backends see them end");
            _unobserved.ShouldBeNone();
        }

        public async ValueTask DisposeAsync()
        {
            await DisposeMeshAsync();
            await Near.DisposeAsync();
            await Far.DisposeAsync();
            _unobserved.Dispose();
            Stop.Dispose();
        }

        private async Task DisposeMeshAsync()
        {
            if (!_isMeshDisposed)
            {
                _isMeshDisposed = true;
                _invoker.Dispose();
                await Mesh.DisposeAsync();
            }
        }
    }
}
