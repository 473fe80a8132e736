using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Which format is asked for, and what an answer in protobuf leads to.</summary>
public sealed class ProtobufWatchTests : ResourceWatcherTest
{
    private readonly ResourceWatcher<NodeObject> _watcher;

    public ProtobufWatchTests() => _watcher = CreateForNewServer();

    [Fact]
    public async Task Step_ListAndWatchInProtobuf_AreTakenAsInJson()
    {
        Transport.AnswerProtobuf(Body(ProtobufWriter.List("42", "", ProtobufSamples.NodeOf("a", "1"), ProtobufSamples.NodeOf("b", "2"))));
        Transport.AnswerProtobuf(Open(
            ProtobufWriter.Frame("MODIFIED", ProtobufSamples.NodeOf("a", "43")), ProtobufWriter.Frame("DELETED", ProtobufSamples.NodeOf("b", "44")), ProtobufWriter.Frame("BOOKMARK", ProtobufSamples.Bookmark("50"))));

        Consumer.Init();
        WatchState state = new WatchState.Listing("0", null, 500);
        while (state is not WatchState.Following { ResourceVersion: "50" }) state = await _watcher.StepAsync(state, Token);
        await state.LeaveAsync();

        Consumer.Calls.ShouldBe(["Init", "InitApply a", "InitApply b", "InitDone", "Opened", "Apply a", "Delete b"]);
        Transport.Accepts.ShouldAllBe(static a => a == "application/vnd.kubernetes.protobuf,application/json");
    }

    [Fact]
    public async Task Step_StateStreamedInProtobuf_IsShownAtItsBookmark()
    {
        Transport.AnswerProtobuf(Open(ProtobufWriter.Frame("ADDED", ProtobufSamples.NodeOf("a", "1")), ProtobufWriter.Frame("BOOKMARK", ProtobufSamples.Bookmark("40", endsInitialEvents: true))));

        WatchState state = WatchState.Empty.First;
        while (state is not WatchState.Following) state = await _watcher.StepAsync(state, Token);
        await state.LeaveAsync();

        Consumer.State.Keys.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(406)]
    [InlineData(415)]
    public async Task Step_TypeHasNoProtobuf_IsAskedForInJsonAtOnceAndFromThenOn(int code)
    {
        Transport.Answer(code, Status(code, "NotAcceptable")).Answer(200, List("42", "", Node("a", 1)));
        Consumer.Init();
        var listing = new WatchState.Listing("0", null, 500);

        (await _watcher.StepAsync(listing, Token)).ShouldBe(listing);
        (await _watcher.StepAsync(listing, Token)).ShouldBe(new WatchState.Watching("42"));

        Transport.Accepts.ShouldBe(["application/vnd.kubernetes.protobuf,application/json", "application/json"]);
        Features.SpeaksProtobuf(ResourceType.Services).ShouldBeTrue("another type may have it");
        Consumer.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Step_JsonIsRefusedToo_IsAFailure()
    {
        Transport.Answer(406, Status(406, "NotAcceptable")).Answer(406, Status(406, "NotAcceptable"));
        var listing = new WatchState.Listing("0", null, 500);

        await _watcher.StepAsync(listing, Token);

        (await _watcher.StepAsync(listing, Token)).ShouldBeOfType<WatchState.Retrying>().Cause.StatusCode.ShouldBe(406);
    }

    [Fact]
    public async Task Step_ErrorsInProtobuf_AreUnderstood()
    {
        Transport.AnswerProtobuf(Body(ProtobufWriter.Wrapped("v1", "Status", ProtobufSamples.Status(504, "Timeout", "ResourceVersionTooLarge"))), status: 504);
        Transport.AnswerProtobuf(Open(ProtobufWriter.Frame("ERROR", ProtobufSamples.Status(410, "Expired"), "Status")));

        var tooLarge = (await _watcher.StepAsync(new WatchState.Watching("42"), Token)).ShouldBeOfType<WatchState.Retrying>();
        var expired = (await _watcher.StepAsync(await _watcher.StepAsync(new WatchState.Watching("42"), Token), Token)).ShouldBeOfType<WatchState.Retrying>();

        tooLarge.Cause.Kind.ShouldBe(WatchFailureKind.TooLarge);
        tooLarge.Cause.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        expired.Next.ShouldBe(new WatchState.Empty("42"));
        expired.Cause.Message.ShouldBe("told so");
    }

    [Fact]
    public async Task Step_MalformedObjectInAListOrTwiceInAWatch_IsLeftOutByNameAndTheRestFlows()
    {
        var bad = ProtobufWriter.Message(static w => w.Add(1, static m => m.Add(1, "bad").Add(6, 7)));
        byte[][] events = [ProtobufWriter.Frame("ADDED", bad), ProtobufWriter.Frame("ADDED", ProtobufSamples.NodeOf("c", "43"))];
        Transport.AnswerProtobuf(Body(ProtobufWriter.List("42", "", bad, ProtobufSamples.NodeOf("a", "1")))).AnswerProtobuf(Open(events)).AnswerProtobuf(Open(events));

        Consumer.Init();
        WatchState state = new WatchState.Listing("0", null, 500);
        while (!Consumer.Calls.Contains("Apply c")) state = await _watcher.StepAsync(state, Token);
        await state.LeaveAsync();

        Consumer.Calls.Count(static c => c == "Skip bad").ShouldBe(2);
        Consumer.State.Keys.ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Step_FramesThatAreNone_AreAskedForAgain()
    {
        Transport.AnswerProtobuf(Open(ProtobufWriter.Frame("ADDED", ProtobufSamples.NodeOf("a", "43")), [0xFF, 0xFF, 0xFF, 0xFF, 0x0A]));

        var following = await _watcher.StepAsync(new WatchState.Watching("42"), Token);
        var retrying = (await _watcher.StepAsync(await _watcher.StepAsync(following, Token), Token)).ShouldBeOfType<WatchState.Retrying>();

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
        retrying.Next.ShouldBe(new WatchState.Watching("43"));
    }

    [Fact]
    public async Task Step_StreamEndsInsideAFrame_CountsAsLostConnection()
    {
        Transport.AnswerProtobuf(Body(ProtobufWriter.Frame("ADDED", ProtobufSamples.NodeOf("a", "43"))[..^1]));

        var state = await _watcher.StepAsync(await _watcher.StepAsync(new WatchState.Watching("42"), Token), Token);

        (await _watcher.StepAsync(state, Token)).ShouldBeOfType<WatchState.Retrying>().Cause.Message.ShouldContain("in the middle of an event");
    }

    [Fact]
    public async Task Step_ProtobufThatNobodyAskedFor_IsAFailureAndNoCrash()
    {
        var watcher = new ResourceWatcher<NodeObject>(
            new WatchTarget(ResourceType.Nodes), new JsonOnly(), Transport, Consumer, Consumer, new ServerFeatures(), WatchTimings.Default, Time, new Random(1));
        Transport.AnswerProtobuf(Body(ProtobufWriter.List("42", "")));

        var retrying = (await watcher.StepAsync(new WatchState.Listing("0", null, 500), Token)).ShouldBeOfType<WatchState.Retrying>();

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
        Transport.Accepts.ShouldBe(["application/json"]);
    }

    [Fact]
    public void Accept_MetadataAlone_IsAskedForInBothFormatsAndWholeObjectsAreTakenToo()
    {
        var target = new WatchTarget(ResourceType.Nodes) { MetadataOnly = true };

        WatchRequest.Accept(target, isList: true, protobuf: true).ShouldBe(
            "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json");
        WatchRequest.Accept(target, isList: false, protobuf: false).ShouldBe("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json");
    }

    private static ScriptedStream Body(params IEnumerable<byte[]> chunks) => ScriptedStream.Of(chunks);

    private static ScriptedStream Open(params IEnumerable<byte[]> chunks) => ScriptedStream.OpenWith(chunks);

    private sealed class JsonOnly : IResourceDecoder<NodeObject>
    {
        public NodeObject Decode(ref System.Text.Json.Utf8JsonReader reader) => throw new NotSupportedException();
    }
}
