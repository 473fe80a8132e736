using System.Collections.Concurrent;
using System.Diagnostics;
using Mesh.Backends;

namespace Mesh.Telemetry;

/// <summary>The span of a request. Alone, because an activity listener hears the whole process.</summary>
[Collection(nameof(ActivityTests))]
[CollectionDefinition(nameof(ActivityTests), DisableParallelization = true)]
public sealed class ActivityTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public ActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MeshTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task Send_Answered_HasOneSpanWithServiceAndTries()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var mesh = await NearAndFar.StartAsync(near, null);

        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);

        var span = _ended.ShouldHaveSingleItem();
        span.OperationName.ShouldBe("mesh.request");
        span.Kind.ShouldBe(ActivityKind.Internal);
        Tags(span.TagObjects).ShouldBe(["mesh.service=orders.sales", "mesh.tries=1"]);
        span.Status.ShouldBe(ActivityStatusCode.Unset);
        span.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_RepickedAndRetried_HasAnEventForEach()
    {
        var closed = TestMesh.ClosedPort();
        await using var busy = await Backend.WithStatusAsync(503);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await NearAndFar.StartAsync([closed], [], options: static o =>
        {
            o.Policy.Mode = RoutingMode.Failover;
            o.Policy.Targets = [new RoutingTargetOptions { Cluster = "beta" }, new RoutingTargetOptions { Cluster = "gamma" }];
        });
        mesh.SetOrders("beta", busy.Port);
        mesh.SetOrders("gamma", far.Port);

        await mesh.Client().GetStringAsync("http://orders.sales/", Stop);

        var span = _ended.ShouldHaveSingleItem();
        Tags(span.TagObjects).ShouldBe(["mesh.service=orders.sales", "mesh.tries=3"]);
        span.Events.Select(static e => $"{e.Name}: {string.Join(", ", Tags(e.Tags))}").ShouldBe(
        [
            $"mesh.repick: mesh.cluster=alpha, server.address=127.0.0.1, server.port={closed}",
            $"mesh.retry: mesh.cluster=beta, server.address=127.0.0.1, server.port={busy.Port}",
        ]);
    }

    [Fact]
    public async Task Send_Failed_HasAnErrorThatSaysWhy()
    {
        await using var mesh = await NearAndFar.StartAsync([], []);

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetAsync("http://orders.sales/", Stop));

        var span = _ended.ShouldHaveSingleItem();
        span.Status.ShouldBe(ActivityStatusCode.Error);
        span.StatusDescription.ShouldBe(error.Message);
        Tags(span.TagObjects).ShouldBe(["mesh.service=orders.sales", "mesh.tries=0"]);
    }

    [Fact]
    public async Task Send_Retried_EachTryTellsItsOwnSpan()
    {
        using var tries = new ActivityListener { ShouldListenTo = static source => source.Name == "System.Net.Http", Sample = _listener.Sample };
        ActivitySource.AddActivityListener(tries);
        var told = new ConcurrentQueue<string>();
        await using var near = await Backend.StartAsync(context =>
        {
            told.Enqueue(context.Request.Headers.TraceParent.ToString());
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var far = await Backend.StartAsync(context =>
        {
            told.Enqueue(context.Request.Headers.TraceParent.ToString());
            return Task.CompletedTask;
        });
        await using var mesh = await NearAndFar.StartAsync(near, far);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        using var again = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/") { Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } } };

        (await mesh.Client().SendAsync(request, Stop)).Dispose();
        (await mesh.Client().SendAsync(again, Stop)).Dispose();

        var spans = told.Select(static t => t.Split('-')).ToArray();
        spans.Length.ShouldBe(4);
        spans[0][1].ShouldBe(spans[1][1]);
        spans[0][2].ShouldNotBe(spans[1][2]);

        // What the caller says itself stays.
        spans[2][2].ShouldBe("b7ad6b7169203331");
        spans[3][2].ShouldBe("b7ad6b7169203331");
    }

    public void Dispose() => _listener.Dispose();

    private static List<string> Tags(IEnumerable<KeyValuePair<string, object?>> tags) => [.. tags.Select(static t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal)];
}
