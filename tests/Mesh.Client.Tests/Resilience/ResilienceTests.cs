using System.Collections.Concurrent;
using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Mesh.Resilience;

/// <summary>A resilience pipeline outside of the mesh, with every backend overloaded: the tries of both together stay within what docs/resilience.md says.</summary>
public class ResilienceTests
{
    private const int Requests = 50;

    // What the standard handler sends in all of one request: the first and three retries.
    private const int Outer = 4;

    [Theory(Timeout = 60_000)]
    [InlineData("alone", Requests * 1.2)]
    [InlineData("both", Requests * Outer * 1.2)]
    [InlineData("outer alone", Requests * Outer)]
    [InlineData("outer without retries", Requests * 1.2)]
    [InlineData("outer hedges", Requests * 2 * 1.2)]
    public async Task Send_EveryBackendAnswers503_TheTriesStayWithinTheSaidMultiple(string which, double most)
    {
        await using var near = await Backend.WithStatusAsync(503);
        await using var near2 = await Backend.WithStatusAsync(503);
        await using var far = await Backend.WithStatusAsync(503);
        await using var mesh = await NearAndFar.StartAsync(
            [near.Port, near2.Port],
            [far.Port],
            options: o =>
            {
                // Without the retries a second that are always allowed the bound is one of numbers alone.
                o.Policy.RetryBudgetMinimum = 0;
                o.Policy.MaxRetries = which == "outer alone" ? 0 : null;
            },
            configure: services => Register(services, which));

        await using var callers = new Callers(mesh.Client("orders"));
        var statuses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => callers.SendAsync()));

        statuses.ShouldAllBe(static status => status == HttpStatusCode.ServiceUnavailable);
        (near.Count + near2.Count + far.Count).ShouldBeInRange(Requests, (int)most);
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_BackendsAskToWait_TheMeshRetriesNothingAndTheOuterWaitsAsLongAsTheySay()
    {
        var clock = new FakeTimeProvider();
        var pauses = new ConcurrentQueue<TimeSpan>();
        await using var near = await Backend.WithStatusAsync(503, static r => r.Headers.RetryAfter = "7");
        await using var far = await Backend.WithStatusAsync(503, static r => r.Headers.RetryAfter = "7");
        await using var mesh = await NearAndFar.StartAsync(near, far, clock, Calm, services => services.AddHttpClient("orders").AddResilienceHandler("retry", builder => Retry(builder, clock, pauses)));

        await using var callers = new Callers(mesh.Client("orders"));
        var sending = Enumerable.Range(0, 8).Select(_ => callers.SendAsync()).ToList();
        await Eventually.BecomesTrue(() => pauses.Count == 8, "all of them wait");

        // One try for each request, whoever made it.
        (near.Count + far.Count).ShouldBe(8);
        pauses.ShouldAllBe(static p => p >= TimeSpan.FromSeconds(7));
        await Eventually.TurnUntilEnd(clock, Task.WhenAll(sending));
        (near.Count + far.Count).ShouldBe(16);
    }

    [Fact(Timeout = 60_000)]
    public async Task Send_BeyondTheLimitInFlight_TheOuterWaitsAsLongAsTheMeshSaysAndNobodyIsAsked()
    {
        var clock = new FakeTimeProvider();
        var pauses = new ConcurrentQueue<TimeSpan>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var near = await Backend.StartAsync(async context =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("done");
        });
        await using var mesh = await NearAndFar.StartAsync(
            near, null, clock, static o => o.Policy.MaxRequestsInFlight = 1, services => services.AddHttpClient("orders").AddResilienceHandler("retry", builder => Retry(builder, clock, pauses)));
        await using var callers = new Callers(mesh.Client("orders"));
        var held = callers.SendAsync();
        await Eventually.BecomesTrue(() => near.Count == 1, "the first request arrives");

        var sending = Enumerable.Range(0, 20).Select(_ => callers.SendAsync()).ToList();
        await Eventually.BecomesTrue(() => pauses.Count == 20, "the others wait");

        var asked = near.Count;
        release.SetResult();
        pauses.ShouldAllBe(static p => p >= TimeSpan.FromSeconds(1));
        asked.ShouldBe(1);
        (await held).ShouldBe(HttpStatusCode.OK);
        await Eventually.TurnUntilEnd(clock, Task.WhenAll(sending));
    }

    // Nobody is ejected by so few requests, and the turned clock ends no connection.
    private static void Calm(MeshOptions options)
    {
        options.Policy.ConsecutiveFailures = 1000;
        options.Policy.ConnectTimeout = TimeSpan.FromMinutes(5);
    }

    private static void Retry(ResiliencePipelineBuilder<HttpResponseMessage> builder, TimeProvider clock, ConcurrentQueue<TimeSpan> pauses)
    {
        // As the standard handler's, with a clock that is turned.
        builder.TimeProvider = clock;
        builder.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 1,
            OnRetry = args =>
            {
                pauses.Enqueue(args.RetryDelay);
                return ValueTask.CompletedTask;
            },
        });
    }

    private static void Register(IServiceCollection services, string which)
    {
        var client = services.AddHttpClient("orders");
        switch (which)
        {
            case "alone":
                break;
            case "outer hedges":
                client.AddStandardHedgingHandler().Configure(static o => o.Endpoint.CircuitBreaker.MinimumThroughput = 100_000);
                break;
            default:
                client.AddStandardResilienceHandler(o =>
                {
                    o.Retry.Delay = TimeSpan.FromMilliseconds(1);

                    // Its own breaker would end the test early, and the more so the better.
                    o.CircuitBreaker.MinimumThroughput = 100_000;
                    if (which == "outer without retries")
                    {
                        o.Retry.ShouldHandle = static _ => ValueTask.FromResult(false);
                    }
                });
                break;
        }
    }

    /// <summary>
    /// Requests that end with the test, however it ends: a pipeline that is disposed waits for what is under way in it, by its own clock, which nobody turns after a failure.
    /// </summary>
    private sealed class Callers(HttpClient client) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private readonly List<Task> _sending = [];

        public Task<HttpStatusCode> SendAsync()
        {
            var sending = StatusAsync();
            _sending.Add(sending);
            return sending;
        }

        public async ValueTask DisposeAsync()
        {
            await _leaving.CancelAsync();
            await Task.WhenAll(_sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _leaving.Dispose();
            client.Dispose();
        }

        private async Task<HttpStatusCode> StatusAsync()
        {
            using var response = await client.GetAsync("http://orders.sales/", _leaving.Token);
            return response.StatusCode;
        }
    }
}
