namespace Mesh.Watch;

public sealed class ListingTests : ResourceWatcherTest
{
    [Fact]
    public async Task Step_Empty_BeginsAListFromTheServersCache()
    {
        var listing = await StepAsync<WatchState.Listing>(WatchState.Empty.First);

        listing.ResourceVersion.ShouldBe("0");
        listing.Continue.ShouldBeNull();
        Consumer.Calls.ShouldBe(["Init", "Listing after nothing"]);
        Transport.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Step_ListInOnePage_IsReplacedWholeAndWatchedFromItsVersion()
    {
        Transport.Answer(200, List("42", "", Node("a", 1), Node("b", 2)));

        var watching = await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        watching.ResourceVersion.ShouldBe("42");
        Consumer.State.Keys.ShouldBe(["a", "b"]);
        Consumer.Calls.ShouldBe(["Init", "Listing after nothing", "InitApply a", "InitApply b", "InitDone"]);
        Transport.Requests.Single().ShouldBe("api/v1/nodes?limit=500&resourceVersion=0");
    }

    [Fact]
    public async Task Step_ListInPages_AsksForEachWithItsTokenAndNoVersion()
    {
        Transport.Answer(200, List("42", "next", Node("a", 1))).Answer(200, List("42", "", Node("b", 2)));

        var second = await StepAsync<WatchState.Listing>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));
        Consumer.Calls.ShouldNotContain("InitDone");
        await StepAsync<WatchState.Watching>(second);

        Transport.Requests[1].ShouldBe("api/v1/nodes?limit=500&continue=next");
        Consumer.State.Keys.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Step_RelistOnAServerThatPages_PagesAgain()
    {
        Transport.Answer(200, List("42", "next", Node("a", 1))).Answer(200, List("42", ""));
        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(await StepAsync<WatchState.Listing>(WatchState.Empty.First)));

        (await StepAsync<WatchState.Listing>(new WatchState.Empty("42"))).Limit.ShouldBe(500);
    }

    [Fact]
    public async Task Step_RelistAtAVersion_TurnsPagingOffToStayOnTheCache()
    {
        Transport.Answer(200, List("50", ""));

        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(new WatchState.Empty("42")));

        Transport.Requests.Single().ShouldBe("api/v1/nodes?resourceVersion=42");
    }

    [Fact]
    public async Task Step_ContinueTokenExpired_ReadsOneWholeListInstead()
    {
        Transport.Answer(410, Status(410, "Expired")).Answer(200, List("60", "", Node("a", 1)));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Listing("0", "old", 500));
        retrying.Next.ShouldBe(new WatchState.Empty("", Unpaged: true));
        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(retrying.Next));

        Transport.Requests[1].ShouldBe("api/v1/nodes");
        Consumer.State.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Step_UnpagedListFails_StaysUnpaged()
    {
        Transport.Answer(500, Status(500, "InternalError"));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Listing("", null, null));

        retrying.Next.ShouldBe(new WatchState.Empty("", Unpaged: true));
    }

    [Theory]
    [InlineData(410, "Expired", "")]
    [InlineData(504, "Timeout", "ResourceVersionTooLarge")]
    public async Task Step_ListAtAVersionRefused_AsksForTheNewest(int code, string reason, string cause)
    {
        Transport.Answer(code, Status(code, reason, cause));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Listing("42", null, null));

        retrying.Next.ShouldBe(new WatchState.Empty(""));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Step_ServerDoesNotTakeTheVersionOfAList_AsksForTheNewest(int code)
    {
        Transport.Answer(code, Status(code, "Invalid"));

        (await StepAsync<WatchState.Retrying>(new WatchState.Listing("what", null, null))).Next.ShouldBe(new WatchState.Empty(""));
    }

    [Fact]
    public async Task Step_ListOfNull_IsEmpty()
    {
        Transport.Answer(200, """{"kind":"NodeList","items":null,"metadata":{"resourceVersion":"42","continue":null,"remainingItemCount":null},"novel":[{"items":[{}]}]}""");

        (await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(WatchState.Empty.First))).ResourceVersion.ShouldBe("42");

        Consumer.State.ShouldBeEmpty();
    }

    [Fact]
    public async Task Step_ConnectionResetInTheMiddleOfAPage_BeginsTheListAgainAndShowsNothingOfTheFirst()
    {
        var half = ScriptedStream.Open($$"""{"metadata":{"resourceVersion":"42"},"items":[{{Node("a", 1)}},""");
        half.End(new HttpIOException(HttpRequestError.ResponseEnded, "reset"));
        Transport.Answer(half).Answer(200, List("43", "", Node("b", 2)));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));
        Consumer.State.ShouldBeEmpty();
        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(retrying.Next));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Unreachable);
        Consumer.State.Keys.ShouldBe(["b"]);
        half.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Step_MalformedItemInAList_IsLeftOutAndTheRestFlows()
    {
        Transport.Answer(200, List("42", "", Node("a", 1), """{"metadata":{"name":"bad","labels":[]}}""", Node("b", 2)));

        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        Consumer.Calls.ShouldContain("Skip bad");
        Consumer.State.Keys.ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("")]
    [InlineData("""{"metadata":{"resourceVersion":""},"items":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[7]}""")]
    public async Task Step_AnswerThatIsNoWholeList_IsRetried(string body)
    {
        Transport.Answer(200, body);

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Listing>(WatchState.Empty.First));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
        retrying.Next.ShouldBe(WatchState.Empty.First);
        Consumer.Calls.ShouldNotContain("InitDone");
    }

    [Fact]
    public async Task Step_ObjectLargerThanAllowed_IsLeftOutAndTheRestFlows()
    {
        var watcher = Create(WatchTimings.Default with { MaxObjectBytes = 400 });
        var large = Node("large", 43, new string('x', 70_000));
        Transport.Answer(200, List("42", "", Node("a", 1), large, Node("b", 2))).Answer(ScriptedStream.Open(Event("ADDED", large) + Event("ADDED", Node("c", 44))));

        WatchState state = WatchState.Empty.First;
        while (!Consumer.Calls.Contains("Apply c")) state = await watcher.StepAsync(state, Token);
        await ((WatchState.Following)state).Stream.DisposeAsync();

        Consumer.Calls.Count(c => c == "Skip large").ShouldBe(2);
        Consumer.State.Keys.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Step_LargeListArrivesSlowly_IsWaitedForAsLongAsItComes()
    {
        var body = ScriptedStream.Open("""{"metadata":{"resourceVersion":"42"},"items":[""");
        Transport.Answer(body);
        Consumer.Init();
        var step = Watcher.StepAsync(new WatchState.Listing("0", null, 500), Token).AsTask();
        for (var i = 0; i < 30; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(25));
            body.Push($"{Node($"n{i}", i + 1)},");
            await Until.TrueAsync(() => Consumer.Calls.Contains($"InitApply n{i}"));
        }

        body.Push($"{Node("last", 40)}]}}");
        body.End();

        (await step).ShouldBe(new WatchState.Watching("42"));
        Consumer.State.Count.ShouldBe(31);
    }

    [Fact]
    public async Task Step_ListThatStopsInTheMiddle_IsRetried()
    {
        Transport.Answer(ScriptedStream.Open("""{"metadata":{"resourceVersion":"1"},"items":["""));
        var step = Watcher.StepAsync(new WatchState.Listing("0", null, 500), Token).AsTask();

        Time.Advance(TimeSpan.FromSeconds(31));

        (await step).ShouldBeOfType<WatchState.Retrying>().Next.ShouldBe(WatchState.Empty.First);
    }
}
