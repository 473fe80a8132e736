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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Formats_ProtobufAndJson_GiveTheSameObjects(bool streamed)
    {
        await using var cluster = await StartAsync();
        using var connection = Connect(cluster);
        await cluster.AddNodeAsync("n1", "eu", "eu-1");
        await cluster.AddNodeAsync("n2", null);
        await AddOddObjectsAsync(cluster);

        await CompareAsync(connection, ResourceType.Services, static () => new ServiceDecoder(new StringPool()), streamed, () => cluster.AddServiceAsync("late"));
        await CompareAsync(connection, ResourceType.EndpointSlices, static () => new SliceDecoder(new StringPool()), streamed, () => cluster.AddSliceAsync("late", "late", ["10.1.0.9"]));
        await CompareAsync(connection, ResourceType.Nodes, static () => new NodeDecoder(new StringPool()), streamed, () => cluster.AddNodeAsync("late", "us"));
    }

    /// <summary>Whether the server speaks protobuf: without it the comparison would be of JSON with itself.</summary>
    private protected virtual bool SpeaksProtobuf => true;

    private static async Task AddOddObjectsAsync(TestCluster cluster)
    {
        await cluster.AddServiceAsync("plain", change: static s => s.Metadata.Labels = new Dictionary<string, string> { ["a"] = "b" });
        await cluster.AddServiceAsync("headless", change: static s => (s.Spec.ClusterIP, s.Spec.Ports) = ("None", null));
        await cluster.AddServiceAsync("selected", change: static s => s.Spec.Selector = new Dictionary<string, string> { ["app"] = "x" });
        await cluster.AddServiceAsync("outside", change: static s => (s.Spec.Type, s.Spec.ExternalName, s.Spec.Ports) = ("ExternalName", "db.example.com", null));
        await cluster.AddServiceAsync("affine", change: static s => (s.Spec.SessionAffinity, s.Spec.SessionAffinityConfig) =
            ("ClientIP", new k8s.Models.V1SessionAffinityConfig { ClientIP = new k8s.Models.V1ClientIPConfig { TimeoutSeconds = 77 } }));
        // PreferSameZone is that of newer servers; an older one has only the first name.
        await cluster.AddServiceAsync("near", change: static s => s.Spec.TrafficDistribution = "PreferClose");
        await cluster.AddServiceAsync("many", change: static s => s.Spec.Ports =
        [
            new k8s.Models.V1ServicePort { Name = "a", Port = 1, Protocol = "UDP" }, new k8s.Models.V1ServicePort { Name = "b", Port = 65535, Protocol = "SCTP" },
            new k8s.Models.V1ServicePort { Name = "c", Port = 80, TargetPort = "web", AppProtocol = "kubernetes.io/h2c" },
        ]);
        await cluster.AddSliceAsync("plain", "plain-a", ["10.1.0.1", "10.1.0.2", "10.1.0.3"], change: static s =>
        {
            s.Endpoints[0].Conditions = null;
            s.Endpoints[0].NodeName = "n1";
            s.Endpoints[0].Zone = "eu-1";
            s.Endpoints[0].TargetRef = new k8s.Models.V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = "sales", Uid = "7c9e6679-7425-40de-944b-e07fc1f90ae7" };
            s.Endpoints[1].Conditions = new k8s.Models.V1EndpointConditions { Ready = false, Serving = true, Terminating = true };
            s.Endpoints[2].Hints = new k8s.Models.V1EndpointHints { ForZones = [new k8s.Models.V1ForZone { Name = "eu-1" }, new k8s.Models.V1ForZone { Name = "eu-2" }] };
        });
        await cluster.AddSliceAsync("six", "six-a", ["fd00::1"], change: static s => s.AddressType = "IPv6");
        await cluster.AddSliceAsync("named", "named-a", ["pod.example.com"], change: static s => s.AddressType = "FQDN");
        await cluster.AddSliceAsync("empty", "empty-a", [], change: static s => s.Ports = null);
        await cluster.AddSliceAsync("other", "other-a", ["10.1.0.4"], change: static s => s.Metadata.Labels["multicluster.kubernetes.io/source-cluster"] = "beta");
        await cluster.AddSliceAsync("other", "other-b", ["10.1.0.5"], change: static s => s.Metadata.Labels["multicluster.kubernetes.io/service-name"] = "other");
    }

    private async Task CompareAsync<T>(ApiConnection connection, ResourceType type, Func<IResourceDecoder<T>> decoder, bool streamed, Func<Task> change)
        where T : IWatchedObject
    {
        var json = new ServerFeatures();
        json.RefusedProtobuf(type);
        var protobuf = new ServerFeatures();
        if (!streamed)
        {
            json.RefusedStreamedLists();
            protobuf.RefusedStreamedLists();
        }

        var inJson = new CollectedObjects<T>();
        var inProtobuf = new CollectedObjects<T>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task[] running = [Run(json, inJson), Run(protobuf, inProtobuf)];
        await Until.TrueAsync(() => inJson.IsFollowing && inProtobuf.IsFollowing);
        inProtobuf.Texts.ShouldBe(inJson.Texts);
        inJson.Texts.Length.ShouldBeGreaterThanOrEqualTo(2);
        await change();
        await Until.TrueAsync(() => inJson.Changes > 0 && inProtobuf.Changes > 0);
        await stop.CancelAsync();
        foreach (var run in running) await Should.ThrowAsync<OperationCanceledException>(run);
        inProtobuf.Texts.ShouldBe(inJson.Texts);
        inProtobuf.Skipped.ShouldBeEmpty();
        inJson.Protobuf.ShouldAllBe(static p => !p);
        inProtobuf.Protobuf.ShouldAllBe(p => p == SpeaksProtobuf);
        inProtobuf.Failures.ShouldBeEmpty();

        Task Run(ServerFeatures features, CollectedObjects<T> collected) => new ResourceWatcher<T>(
            new WatchTarget(type), decoder(), new FormatRecorder(connection, collected.Protobuf.Enqueue), collected, collected, features, WatchTimings.Default, TimeProvider.System, new Random(1)).RunAsync(stop.Token);
    }

    private static ApiConnection Connect(TestCluster cluster) => new(
        new ConfiguredConnection(new KubernetesClusterOptions { KubeconfigPath = cluster.KubeconfigPath }, TimeProvider.System),
        new IdentityReader(null),
        WatchTimings.Default.RequestTimeout,
        TimeProvider.System,
        new Random(1));

    private ResourceWatcher<NodeObject> Watcher(ApiConnection connection, WatchTimings? timings = null) => new(
        new WatchTarget(ResourceType.Nodes) { MetadataOnly = true }, new NodeDecoder(new StringPool()), connection, _consumer, _consumer, new ServerFeatures(), timings ?? WatchTimings.Default, TimeProvider.System, new Random(1));

    private static async Task<T> StepAsync<T>(ResourceWatcher<NodeObject> watcher, WatchState state)
        where T : WatchState => (await watcher.StepAsync(state, TestContext.Current.CancellationToken)).ShouldBeOfType<T>();
}
