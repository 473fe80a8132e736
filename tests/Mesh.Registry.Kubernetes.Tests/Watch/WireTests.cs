using System.IO.Compression;
using System.Text;
using Mesh.Connection;
using Mesh.Decoding;
using Mesh.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Watch;

/// <summary>The engine over a real connection, to a server that does on the wire what API servers and the boxes before them do.</summary>
public sealed class WireTests
{
    private const string Listed = """{"metadata":{"resourceVersion":"42"},"items":[{"metadata":{"name":"a","resourceVersion":"1"}}]}""";

    private readonly RecordingConsumer _consumer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Compressed_IsReadOverHttp2()
    {
        await using var server = await WireServer.StartAsync(static context => WriteMemberAsync(context, Listed));
        using var connection = Connect(server);

        await StepAsync<WatchState.Watching>(Watcher(connection), new WatchState.Listing("0", null, 500));

        _consumer.State.Keys.ShouldBe(["a"]);
        server.Requests.ShouldAllBe(static r => r.StartsWith("HTTP/2 ", StringComparison.Ordinal) && r.Contains("gzip", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_OneGzipMemberForEachEvent_ArrivesEventByEvent()
    {
        var next = new TaskCompletionSource();
        await using var server = await WireServer.StartAsync(async context =>
        {
            await WriteMemberAsync(context, Event("a", 43));
            await next.Task.WaitAsync(context.RequestAborted);
            await WriteMemberAsync(context, Event("b", 44));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var connection = Connect(server);
        var watcher = Watcher(connection);

        var following = await StepAsync<WatchState.Following>(watcher, new WatchState.Watching("42"));
        following = await FollowUntilAsync(watcher, following, "43");
        _consumer.State.Keys.ShouldBe(["a"]);
        next.SetResult();
        following = await FollowUntilAsync(watcher, following, "44");
        await following.Stream.DisposeAsync();

        _consumer.State.Keys.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task List_StreamResetInTheMiddle_IsReadAgain()
    {
        var asked = 0;
        await using var server = await WireServer.StartAsync(async context =>
        {
            if (Interlocked.Increment(ref asked) > 1)
            {
                await context.Response.WriteAsync(Listed);
                return;
            }

            await context.Response.WriteAsync(Listed[..60]);
            await context.Response.Body.FlushAsync();
            context.Features.Get<IHttpResetFeature>()!.Reset(2);
        });
        using var connection = Connect(server);
        var watcher = Watcher(connection);

        var retrying = await StepAsync<WatchState.Retrying>(watcher, new WatchState.Listing("0", null, 500));
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Unreachable);
        _consumer.State.ShouldBeEmpty();
        await StepAsync<WatchState.Watching>(watcher, await StepAsync<WatchState.Listing>(watcher, retrying.Next));

        _consumer.State.Keys.ShouldBe(["a"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Watch_GoAway_LeavesWhatRunsInPeaceAndTheNextTakesAnotherConnection()
    {
        var moved = new TaskCompletionSource();
        await using var server = await WireServer.StartAsync(async context =>
        {
            if (!context.Request.Query.ContainsKey("watch"))
            {
                await context.Response.WriteAsync(Listed);
                return;
            }

            await context.Response.WriteAsync(Event("a", 43));
            await context.Response.Body.FlushAsync();
            context.Connection.RequestClose();
            await moved.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(Event("b", 44));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var connection = Connect(server);
        var watcher = Watcher(connection);

        var following = await FollowUntilAsync(watcher, await StepAsync<WatchState.Following>(watcher, new WatchState.Watching("42")), "43");

        // The word takes a moment to arrive.
        while (server.Connections.Count < 2) await StepAsync<WatchState.Watching>(Watcher(connection), new WatchState.Listing("0", null, 500));
        moved.SetResult();
        following = await FollowUntilAsync(watcher, following, "44");
        await following.Stream.DisposeAsync();

        _consumer.State.Keys.ShouldContain("b");
        _consumer.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_WithADateToComeBackAt_IsHonoured()
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(100);
        await using var server = await WireServer.StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = at.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        using var connection = Connect(server);

        var retrying = await StepAsync<WatchState.Retrying>(Watcher(connection), new WatchState.Watching("42"));

        retrying.Next.ShouldBe(new WatchState.Watching("42"));
        retrying.Delay.ShouldBe(WatchTimings.Default.MaxRetryAfter);
    }

    [Fact]
    public async Task Answer_SendsElsewhere_IsNotFollowedAndTheOtherHostSeesNothing()
    {
        await using var elsewhere = await WireServer.StartAsync(static context => context.Response.WriteAsync(Listed));
        await using var server = await WireServer.StartAsync(context =>
        {
            context.Response.Redirect($"{elsewhere.Address}api/v1/nodes", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        using var connection = Connect(server);

        var retrying = await StepAsync<WatchState.Retrying>(Watcher(connection), new WatchState.Listing("0", null, 500));

        retrying.Cause.Message.ShouldContain("HTTP 307");
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("elsewhere.example")]
    public async Task Certificate_ForAnotherAddress_IsRefusedAlthoughItsAuthorityIsTrusted(string name)
    {
        await using var server = await WireServer.StartAsync(static context => context.Response.WriteAsync(Listed), name);
        using var connection = Connect(server);

        var retrying = await StepAsync<WatchState.Retrying>(Watcher(connection), new WatchState.Listing("0", null, 500));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Certificate);
        retrying.Cause.Message.ShouldContain($"not for '127.0.0.1' but for {name}");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Certificate_WithTheAddressAmongItsNames_IsAccepted()
    {
        await using var server = await WireServer.StartAsync(static context => context.Response.WriteAsync(Listed), "kubernetes.default.svc", "10.96.0.1", "127.0.0.1");
        using var connection = Connect(server);

        await StepAsync<WatchState.Watching>(Watcher(connection), new WatchState.Listing("0", null, 500));
    }

    private static string Event(string name, int version) => $$$"""{"type":"ADDED","object":{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}"} } }""" + "\n";

    private static async Task WriteMemberAsync(HttpContext context, string text)
    {
        if (!context.Response.HasStarted) context.Response.Headers.ContentEncoding = "gzip";
        using var member = new MemoryStream();
        await using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.WriteAsync(member.ToArray());
        await context.Response.Body.FlushAsync();
    }

    private static ApiConnection Connect(WireServer server) => new(
        new ConfiguredConnection(new KubernetesClusterOptions { KubeconfigPath = server.KubeconfigPath }, TimeProvider.System),
        new IdentityReader(null),
        WatchTimings.Default.RequestTimeout,
        TimeProvider.System,
        new Random(1));

    private ResourceWatcher<NodeObject> Watcher(ApiConnection connection)
    {
        _consumer.Init();
        var features = new ServerFeatures();
        features.RefusedStreamedLists();
        return new(
            new WatchTarget(ResourceType.Nodes), new NodeDecoder(new StringPool()), connection, _consumer, _consumer, features, WatchTimings.Default, TimeProvider.System, new Random(1));
    }

    private static async Task<T> StepAsync<T>(ResourceWatcher<NodeObject> watcher, WatchState state)
        where T : WatchState => (await watcher.StepAsync(state, Token)).ShouldBeOfType<T>();

    private static async Task<WatchState.Following> FollowUntilAsync(ResourceWatcher<NodeObject> watcher, WatchState.Following following, string version)
    {
        while (following.ResourceVersion != version) following = await StepAsync<WatchState.Following>(watcher, following);
        return following;
    }
}
