using System.Text;

namespace Mesh.Watch;

/// <summary>Answers without end or measure: each costs itself.</summary>
public sealed class HostileServerTests : ResourceWatcherTest
{
    [Fact]
    public async Task Step_PageLeadsToItself_BeginsAgain()
    {
        Consumer.Init();
        Transport.Answer(200, List("42", "same", Node("a", 1)));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Listing("0", "same", 500));

        retrying.Cause.Message.ShouldBe("a page leads to itself");
        Consumer.Calls.ShouldNotContain("InitDone");
    }

    [Fact]
    public async Task Step_EventsWithoutEndAndWithoutBookmarks_MoveTheVersionAndAreLeftAtTheWatchsTime()
    {
        var round = 0;
        Transport.Answer(() => new TransportResponse(200, null, new GeneratedStream(() => Encoding.UTF8.GetBytes(Event("MODIFIED", Node("a", 100 + round++))))));

        WatchState state = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));
        for (var i = 0; state is WatchState.Following following && i < 50; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(60));
            state = await Watcher.StepAsync(following, Token);
        }

        var retrying = state.ShouldBeOfType<WatchState.Retrying>();
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Idle);
        retrying.Next.ShouldBe(new WatchState.Watching(Consumer.State["a"]));
    }

    [Fact]
    public async Task Step_NamesWithControlCharacters_AreShownWithoutThem()
    {
        var named = Node("a\\u001b[31m\\nb", 1).Replace("\"labels\":{", "\"labels\":7,\"x\":{", StringComparison.Ordinal);
        Transport.Answer(200, List("42", "", named, Node("good", 2)));

        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        var skipped = Consumer.Calls.Single(static c => c.StartsWith("Skip", StringComparison.Ordinal));
        skipped.ShouldAllBe(static c => !char.IsControl(c));
        Consumer.State.Keys.ShouldBe(["good"]);
    }

    [Fact]
    public async Task Step_ServersWordsWithControlCharacters_AreShownWithoutThem()
    {
        Transport.Answer(500, """{"kind":"Status","message":"one\u001b[31m\ntwo","reason":"InternalError","code":500}""");

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));

        retrying.Cause.Message.ShouldBe("one [31m two");
    }

    [Fact]
    public async Task Step_Redirect_IsNotFollowedAndNamed()
    {
        Transport.Answer(307, "");

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));

        retrying.Cause.Message.ShouldContain("307");
        retrying.Cause.Message.ShouldContain("not followed");
    }

    [Fact]
    public async Task Step_ServerIsStillStarting_ComesBackWhenAskedTo()
    {
        // What API servers say since 1.31 while their caches fill.
        Transport.Answer(429, """{"kind":"Status","message":"storage is (re)initializing","reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":1} }""");

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        retrying.Delay.ShouldBe(TimeSpan.FromSeconds(1));
        retrying.Next.ShouldBe(WatchState.Empty.First);
    }

    [Theory]
    [InlineData(1_000, 1L << 30, "more than the 1000 objects allowed (MaxObjects)")]
    [InlineData(1_000_000, 100_000, "more than the 100000 bytes allowed (MaxListBytes)")]
    public async Task Step_ListWithoutEnd_IsLeftAtTheLimitAndWhatWasKnownStays(int objects, long bytes, string said)
    {
        var watcher = Create(WatchTimings.Default with { MaxObjects = objects, MaxListBytes = bytes });
        Transport.Answer(200, List("42", "", Node("known", 1)));
        await StepAsync<WatchState.Watching>(watcher, await StepAsync<WatchState.Listing>(watcher, WatchState.Empty.First));
        var body = Endless("""{"kind":"NodeList","metadata":{"resourceVersion":"43"},"items":[""", static i => $"{Node($"n{i}", 1)},");
        Transport.Answer(() => new TransportResponse(200, null, body));

        var retrying = await StepAsync<WatchState.Retrying>(watcher, await StepAsync<WatchState.Listing>(watcher, WatchState.Empty.First));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.TooMany);
        retrying.Cause.Message.ShouldContain(said);
        retrying.Delay.ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        body.Sent.ShouldBeLessThan(1_000_000);
        Consumer.State.Keys.ShouldBe(["known"]);
        Consumer.Calls[^1].ShouldBe("Init", "what was taken of it is not kept");
    }

    [Fact]
    public async Task Step_PagesWithoutEnd_AreLeftAtTheLimit()
    {
        var watcher = Create(WatchTimings.Default with { MaxObjects = 100 });
        WatchState state = await StepAsync<WatchState.Listing>(watcher, WatchState.Empty.First);
        for (var page = 0; state is WatchState.Listing && page < 100; page++)
        {
            Transport.Answer(200, List("42", $"page-{page + 1}", Enumerable.Range(0, 10).Select(i => Node($"n{page}-{i}", 1))));
            state = await watcher.StepAsync(state, Token);
        }

        state.ShouldBeOfType<WatchState.Retrying>().Cause.Kind.ShouldBe(WatchFailureKind.TooMany);
        Transport.Requests.Count.ShouldBe(11);
    }

    [Fact]
    public async Task Step_ListOfObjectsTooLargeWithoutEnd_IsLeftAtTheLimit()
    {
        var watcher = Create(WatchTimings.Default with { MaxObjects = 100, MaxObjectBytes = 1024 });
        var note = new string('x', 2_000);
        Transport.Answer(() => new TransportResponse(200, null, Endless("""{"kind":"NodeList","metadata":{"resourceVersion":"43"},"items":[""", i => $"{Node($"n{i}", 1, note)},")));

        var retrying = await StepAsync<WatchState.Retrying>(watcher, await StepAsync<WatchState.Listing>(watcher, WatchState.Empty.First));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.TooMany);
        Consumer.Calls.Count(static c => c.StartsWith("Skip", StringComparison.Ordinal)).ShouldBe(100);
    }

    [Fact]
    public async Task Step_StreamedStateWithoutEnd_IsLeftAtTheLimit()
    {
        var watcher = CreateForNewServer(WatchTimings.Default with { MaxObjects = 1_000 });
        Transport.Answer(() => new TransportResponse(200, null, Endless("", static i => Event("ADDED", Node($"n{i}", i + 1)))));

        WatchState state = await StepAsync<WatchState.Starting>(watcher, WatchState.Empty.First);
        for (var i = 0; state is not WatchState.Retrying && i < 2_000; i++) state = await watcher.StepAsync(state, Token);

        state.ShouldBeOfType<WatchState.Retrying>().Cause.Kind.ShouldBe(WatchFailureKind.TooMany);
        Consumer.State.ShouldBeEmpty();
    }

    [Fact]
    public async Task Step_NewObjectsWithoutEnd_AreLeftAtTheLimit()
    {
        var watcher = Create(WatchTimings.Default with { MaxObjects = 1_000 });
        Transport.Answer(() => new TransportResponse(200, null, Endless("", static i => Event("ADDED", Node($"n{i}", 100 + i)))));

        WatchState state = await StepAsync<WatchState.Following>(watcher, new WatchState.Watching("42"));
        for (var i = 0; state is WatchState.Following && i < 2_000; i++) state = await watcher.StepAsync(state, Token);

        var retrying = state.ShouldBeOfType<WatchState.Retrying>();
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.TooMany);
        retrying.Next.ShouldBeOfType<WatchState.Empty>("what is held is not all");
        Consumer.State.Count.ShouldBe(1_001);
    }

    // Long enough to be without end, and it has one should nobody stop.
    private static GeneratedStream Endless(string head, Func<int, string> next)
    {
        var sent = 0;
        return new GeneratedStream(() => sent == 100_000 ? null : Encoding.UTF8.GetBytes((sent == 0 ? head : "") + next(sent++)));
    }

    private static async Task<T> StepAsync<T>(ResourceWatcher<Decoding.NodeObject> watcher, WatchState state)
        where T : WatchState => (await watcher.StepAsync(state, Token)).ShouldBeOfType<T>();
}
