using System.Diagnostics;
using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>A second try beside a late first.</summary>
public class HedgingTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Send_TheFirstIsLate_TheSecondAnswersAndTheFirstIsCancelledWithoutBlame()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near, far);
        await WarmUpAsync(mesh, 20);
        using var hedges = Instrument.Of<long>(mesh, "mesh.client.hedges");
        near.Hold();

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(Delay - TimeSpan.FromMilliseconds(1));
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("far");
        await Eventually.BecomesTrue(() => near.Left == 1, "the first try is cancelled");
        ShouldBeBlameless(mesh, near.Port);
        var hedge = hedges.GetMeasurementSnapshot().ShouldHaveSingleItem();
        (hedge.Tags["mesh.cluster"], hedge.Tags["mesh.hedge.outcome"]).ShouldBe(("alpha", "won"));
    }

    [Fact]
    public async Task Send_TheFirstAnswersAfterAll_IsTakenAndTheSecondIsCancelledWithoutBlame()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Slow.StartAsync("far");
        await using var mesh = await StartAsync(near, far.Backend);
        await WarmUpAsync(mesh, 20);
        using var hedges = Instrument.Of<long>(mesh, "mesh.client.hedges");
        near.Hold();
        far.Hold();

        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        var sending = mesh.Client().SendAsync(request, Stop);
        await near.HoldsAsync(1);
        _clock.Advance(Delay);
        await far.HoldsAsync(1);
        near.Release();

        using var response = await sending.WaitAsync(Eventually.Bound, Stop);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("near");
        response.RequestMessage.ShouldBeSameAs(request);
        await Eventually.BecomesTrue(() => far.Left == 1, "the second try is cancelled");
        ShouldBeBlameless(mesh, far.Port);
        hedges.GetMeasurementSnapshot().ShouldHaveSingleItem().Tags["mesh.hedge.outcome"].ShouldBe("lost");
    }

    [Fact]
    public async Task Send_TheSecondFails_TheFirstIsWaitedFor()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Backend.WithStatusAsync(503);
        await using var mesh = await StartAsync(near, far);
        await WarmUpAsync(mesh, 20);
        near.Hold();

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => far.Count == 1 && mesh.Explain(far.Port).Failures == 1, "the second try fails");
        near.Release();

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("near");
        mesh.Explain(far.Port).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Send_BothFail_TheRequestHasTriedBoth()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Backend.WithStatusAsync(503);
        await using var mesh = await StartAsync(near, far);
        await WarmUpAsync(mesh, 20);
        near.Hold();

        var sending = mesh.Client().GetAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => far.Count == 1 && mesh.Explain(far.Port).Failures == 1, "the second try fails");
        near.Release(502);

        using var response = await sending.WaitAsync(Eventually.Bound, Stop);
        ((int)response.StatusCode).ShouldBe(502);
        far.Count.ShouldBe(1);
        near.Arrived.ShouldBe(21);
    }

    [Theory]
    [InlineData("a post")]
    [InlineData("a body that can be read once")]
    [InlineData("hardly a request in the window")]
    [InlineData("no retry left in the budget")]
    [InlineData("almost as many under way as are allowed")]
    [InlineData("nobody else")]
    [InlineData("off")]
    public async Task Send_MayNotBeHedged_TheFirstIsWaitedFor(string why)
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Slow.StartAsync("far");
        await using var mesh = await StartAsync(near, why == "nobody else" ? null : far.Backend, o =>
        {
            o.Policy.Hedging = why != "off";
            if (why == "no retry left in the budget")
            {
                (o.Policy.RetryBudgetRatio, o.Policy.RetryBudgetMinimum) = (0, 0);
            }

            o.Policy.MaxRequestsInFlight = why == "almost as many under way as are allowed" ? 1 : null;
        });
        await WarmUpAsync(mesh, why == "hardly a request in the window" ? 18 : 20);
        using var hedges = Instrument.Of<long>(mesh, "mesh.client.hedges");
        near.Hold();

        using var request = new HttpRequestMessage(why == "a post" ? HttpMethod.Post : HttpMethod.Put, "http://orders.sales/");
        request.Content = why == "a body that can be read once" ? new StreamContent(new OneWayStream(new byte[100_000])) : null;
        var sending = mesh.Client().SendAsync(request, Stop);
        await near.HoldsAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        near.Release();

        using var response = await sending.WaitAsync(Eventually.Bound, Stop);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("near");
        hedges.GetMeasurementSnapshot().ShouldBeEmpty();
        far.Arrived.ShouldBe(0);
    }

    [Fact]
    public async Task Send_NearlyEveryAnswerIsLate_AtMostATwentiethIsHedged()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Slow.StartAsync("far");
        await using var mesh = await StartAsync(near, far.Backend);
        await WarmUpAsync(mesh, 40);
        near.Hold();

        // With these four there are 44 requests in the window.
        var sending = Enumerable.Range(0, 4).Select(_ => mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ToList();
        await near.HoldsAsync(4);
        _clock.Advance(Delay);
        await Eventually.BecomesTrue(() => far.Arrived == 2, "two are hedged");
        near.Release();

        await Task.WhenAll(sending).WaitAsync(Eventually.Bound, Stop);
        far.Arrived.ShouldBe(2);
    }

    [Fact]
    public async Task Send_NoDelayIsSaid_TheServicesOwnLatencyTellsOnceAHundredAnswersAreKnown()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Slow.StartAsync("far");
        await using var mesh = await StartAsync(near, far.Backend, static o => o.Policy.HedgingDelay = null);
        await WarmUpAsync(mesh, 98);

        near.Hold();
        var early = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        near.Release();
        (await early.WaitAsync(Eventually.Bound, Stop)).ShouldBe("near");
        far.Arrived.ShouldBe(0);
        await WarmUpAsync(mesh, 1);

        // On a clock that stands still answers take no time: the second try is sent almost at once.
        near.Hold();
        var late = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        (await late.WaitAsync(Eventually.Bound, Stop)).ShouldBe("far");
    }

    [Fact]
    public async Task Send_TheSecondPickFails_TheFirstGoesOnAndTheLogSaysSoOnce()
    {
        await using var one = await Slow.StartAsync("near");
        await using var two = await Slow.StartAsync("near");
        var picker = new BreakingPicker();
        await using var mesh = await TestMesh.StartAsync(
            services => services.AddSingleton<TimeProvider>(_clock),
            mesh =>
            {
                mesh.AddPicker("breaking", _ => picker);
                mesh.Configure(static o => (o.Policy.LoadBalancing, o.Policy.Hedging, o.Policy.HedgingDelay) = ("breaking", true, Delay));
            },
            one.Backend,
            two.Backend);
        await WarmUpAsync(mesh, 20);

        for (var i = 1; i <= 2; i++)
        {
            one.Hold();
            two.Hold();
            picker.PicksLeft = 1;
            var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
            await Eventually.BecomesTrue(() => one.Arrived + two.Arrived == 20 + i, "the first try arrives");
            _clock.Advance(Delay);
            await Eventually.BecomesTrue(() => picker.Failures == i, "the second pick fails");
            one.Release();
            two.Release();

            (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("near");
        }

        picker.PicksLeft = int.MaxValue;
        (mesh.Explain(one.Port).InFlight, mesh.Explain(two.Port).InFlight).ShouldBe((0, 0));
        mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1307).ShouldHaveSingleItem().Message.ShouldStartWith("A late request to orders.sales was not hedged: the second pick failed. The first try goes on.");
    }

    [Fact]
    public void New_BodyFromMemory_ItsLengthIsInItsHeadersBeforeTwoConnectionsReadThem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/") { Content = new ByteArrayContent(new byte[10]) };

        _ = new HedgedTry(null!, null!, request, null!);

        request.Content.Headers.NonValidated.Contains("Content-Length").ShouldBeTrue();
    }

    [Fact]
    public async Task Send_SomebodyListens_TheSpanHasAnEvent()
    {
        await using var near = await Slow.StartAsync("near");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near, far);
        await WarmUpAsync(mesh, 20);
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MeshTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        near.Hold();

        var sending = mesh.Client().GetStringAsync("http://orders.sales/", Stop);
        await near.HoldsAsync(1);
        _clock.Advance(Delay);

        (await sending.WaitAsync(Eventually.Bound, Stop)).ShouldBe("far");
        lock (spans)
        {
            var span = spans.Single(s => s.Events.Any(e => e.Tags.Contains(new("server.port", near.Port))));
            span.Events.Single().Name.ShouldBe("mesh.hedge");
            span.GetTagItem("mesh.tries").ShouldBe(2);
        }
    }

    private Task<TestMesh> StartAsync(Slow near, Backend? far, Action<MeshOptions>? also = null) => NearAndFar.StartAsync(near.Backend, far, _clock, o =>
    {
        o.Policy.Hedging = true;
        o.Policy.HedgingDelay = Delay;
        also?.Invoke(o);
    });

    private static async Task WarmUpAsync(TestMesh mesh, int count)
    {
        using var client = mesh.Client();
        for (var i = 0; i < count; i++)
        {
            (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");
        }
    }

    private static void ShouldBeBlameless(TestMesh mesh, int port)
    {
        var endpoint = mesh.Explain(port);
        endpoint.Failures.ShouldBe(0);
        endpoint.Health.ShouldBe("healthy");
        endpoint.InFlight.ShouldBe(0);
    }

    /// <summary>Takes the first endpoint, so many times.</summary>
    private sealed class BreakingPicker : EndpointPicker
    {
        private int _failures;

        public int PicksLeft { get; set; } = int.MaxValue;

        public int Failures => Volatile.Read(ref _failures);

        public override int Pick(in PickContext context)
        {
            if (PicksLeft-- > 0)
            {
                return 0;
            }

            Interlocked.Increment(ref _failures);
            throw new InvalidOperationException("The picker is broken.");
        }
    }

    /// <summary>Answers at once, or holds what comes until it is told to answer.</summary>
    private sealed class Slow : IAsyncDisposable
    {
        private TaskCompletionSource<int>? _held;
        private int _arrived;
        private int _holds;
        private int _left;

        public Backend Backend { get; private set; } = null!;

        public int Port => Backend.Port;

        public int Arrived => Volatile.Read(ref _arrived);

        /// <summary>How many callers went away while they were held.</summary>
        public int Left => Volatile.Read(ref _left);

        public static async Task<Slow> StartAsync(string text)
        {
            var slow = new Slow();
            slow.Backend = await Backend.StartAsync(context => slow.AnswerAsync(context, text));
            return slow;
        }

        public void Hold() => Volatile.Write(ref _held, new(TaskCreationOptions.RunContinuationsAsynchronously));

        public void Release(int status = 200) => Interlocked.Exchange(ref _held, null)!.SetResult(status);

        public Task HoldsAsync(int count) => Eventually.BecomesTrue(() => Volatile.Read(ref _holds) == count, $"{count} are held");

        public ValueTask DisposeAsync() => Backend.DisposeAsync();

        private async Task AnswerAsync(HttpContext context, string text)
        {
            Interlocked.Increment(ref _arrived);
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            if (Volatile.Read(ref _held) is { } held)
            {
                Interlocked.Increment(ref _holds);
                try
                {
                    context.Response.StatusCode = await held.Task.WaitAsync(context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref _left);
                    return;
                }
                finally
                {
                    Interlocked.Decrement(ref _holds);
                }
            }

            await context.Response.WriteAsync(text);
        }
    }
}
