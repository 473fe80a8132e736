using Mesh.Connection;
using Mesh.Decoding;
using Mesh.Servers;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>What API servers of every version answer to the odd requests, and what the watch engine makes of it.</summary>
public abstract class ProtocolContract
{
    private readonly RecordingConsumer _consumer = new();

    private protected abstract Task<TestCluster> StartAsync();

    [Fact]
    public async Task Version_NewerThanTheServers_IsListedAnew()
    {
        await using var cluster = await StartAsync();
        using var connection = Connect(cluster);
        _consumer.Init();

        var retrying = await StepAsync<WatchState.Retrying>(Watcher(connection), new WatchState.Listing("999999999", null, null));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.TooLarge);
        retrying.Next.ShouldBe(new WatchState.Empty(""));
    }

    [Fact]
    public async Task Version_TheServerCannotRead_IsListedAnew()
    {
        await using var cluster = await StartAsync();
        using var connection = Connect(cluster);
        _consumer.Init();

        var watcher = Watcher(connection);

        var steps = new List<WatchState> { new WatchState.Watching("what") };
        while (steps[^1] is not WatchState.Following) steps.Add(steps[^1] is WatchState.Retrying waited ? waited.Next : await watcher.StepAsync(steps[^1], TestContext.Current.CancellationToken));
        await ((WatchState.Following)steps[^1]).Stream.DisposeAsync();

        steps.OfType<WatchState.Retrying>().Count().ShouldBeLessThanOrEqualTo(4, string.Join('\n', steps));
        steps.ShouldContain(new WatchState.Empty(""));
    }

    [Fact]
    public async Task Watch_AskedToEndSoon_EndsInPeaceAndIsResumedWhereItWas()
    {
        await using var cluster = await StartAsync();
        using var connection = Connect(cluster);
        var watcher = Watcher(connection, WatchTimings.Default with { WatchTimeout = TimeSpan.FromSeconds(1) });

        WatchState state = WatchState.Empty.First;
        while (state is not WatchState.Following) state = await watcher.StepAsync(state, TestContext.Current.CancellationToken);
        await cluster.AddNodeAsync("n1", "eu");
        while (state is WatchState.Following) state = await watcher.StepAsync(state, TestContext.Current.CancellationToken);
        var resumed = state.ShouldBeOfType<WatchState.Watching>().ResourceVersion;
        await cluster.AddNodeAsync("n2", "eu");
        while (!_consumer.State.ContainsKey("n2")) state = await watcher.StepAsync(state, TestContext.Current.CancellationToken);
        if (state is WatchState.Following following) await following.Stream.DisposeAsync();

        _consumer.State.Keys.ShouldBe(["n1", "n2"]);
        _consumer.Failures.ShouldBeEmpty();
        _consumer.Calls.Count(static c => c == "Apply n1").ShouldBe(1);
        _consumer.Calls.Count(static c => c == "Init").ShouldBe(1);
        resumed.ShouldNotBeEmpty();
    }

    private static ApiConnection Connect(TestCluster cluster) => new(
        new ConfiguredConnection(new KubernetesClusterOptions { KubeconfigPath = cluster.KubeconfigPath }, TimeProvider.System),
        new IdentityReader(null),
        WatchTimings.Default.RequestTimeout,
        TimeProvider.System);

    private ResourceWatcher<NodeObject> Watcher(ApiConnection connection, WatchTimings? timings = null) => new(
        new WatchTarget(ResourceType.Nodes) { MetadataOnly = true }, new NodeDecoder(new StringPool()), connection, _consumer, _consumer, timings ?? WatchTimings.Default, TimeProvider.System, new Random(1));

    private static async Task<T> StepAsync<T>(ResourceWatcher<NodeObject> watcher, WatchState state)
        where T : WatchState => (await watcher.StepAsync(state, TestContext.Current.CancellationToken)).ShouldBeOfType<T>();
}
