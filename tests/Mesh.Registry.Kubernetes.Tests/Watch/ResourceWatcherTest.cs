using Mesh.Decoding;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Watch;

/// <summary>A watcher of Nodes over a scripted transport and a clock that the test turns.</summary>
public abstract class ResourceWatcherTest
{
    private protected ResourceWatcherTest() => Watcher = Create(WatchTimings.Default);

    private protected ScriptedTransport Transport { get; } = new();

    private protected RecordingConsumer Consumer { get; } = new();

    private protected FakeTimeProvider Time { get; } = new();

    private protected ResourceWatcher<NodeObject> Watcher { get; }

    /// <summary>What the server does: at first neither streamed lists nor protobuf.</summary>
    private protected ServerFeatures Features { get; private set; } = Old();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ResourceWatcher<NodeObject> Create(WatchTimings timings) =>
        new(new WatchTarget(ResourceType.Nodes), new NodeDecoder(new StringPool()), Transport, Consumer, Consumer, Features, timings, Time, new Random(1));

    private protected ResourceWatcher<NodeObject> CreateForNewServer(WatchTimings? timings = null)
    {
        Features = new ServerFeatures();
        return Create(timings ?? WatchTimings.Default);
    }

    private static ServerFeatures Old()
    {
        var features = new ServerFeatures();
        features.RefusedStreamedLists();
        features.RefusedProtobuf(ResourceType.Nodes);
        return features;
    }

    private protected async Task<T> StepAsync<T>(WatchState state)
        where T : WatchState => (await Watcher.StepAsync(state, Token)).ShouldBeOfType<T>();

    protected static string Node(string name, int version, string note = "") =>
        $$$"""{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}","labels":{"note":"{{{note}}}","topology.kubernetes.io/region":"eu"} } }""";

    protected static string List(string version, string next, params IEnumerable<string> items) =>
        $$"""{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""";

    protected static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""" + "\n";

    protected static string Bookmark(string version) => Event("BOOKMARK", $$$"""{"kind":"Node","metadata":{"resourceVersion":"{{{version}}}"} }""");

    protected static string Status(int code, string reason, string cause = "") =>
        $$$"""{"kind":"Status","status":"Failure","message":"told so","reason":"{{{reason}}}","code":{{{code}}},"details":{"causes":[{"reason":"{{{cause}}}"}]} }""";
}
