using Mesh.Decoding;

namespace Mesh.Watch;

public sealed class FollowingTests : ResourceWatcherTest
{
    [Fact]
    public async Task Step_Watching_OpensWithBookmarksFromTheVersion()
    {
        Transport.Answer(ScriptedStream.Open());

        var following = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));
        await following.Stream.DisposeAsync();

        Transport.Requests.Single().ShouldStartWith("api/v1/nodes?watch=true&allowWatchBookmarks=true&resourceVersion=42&timeoutSeconds=");
        int.Parse(Transport.Requests.Single().Split('=')[^1], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(300, 600);
    }

    [Fact]
    public async Task Step_Events_AreAppliedAndMoveTheVersion()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("a", 43)) + Event("MODIFIED", Node("a", 44)), Event("DELETED", Node("a", 45)));
        Transport.Answer(stream);

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        following.ResourceVersion.ShouldBe("44");
        following = await StepAsync<WatchState.Following>(following);
        await following.Stream.DisposeAsync();

        following.ResourceVersion.ShouldBe("45");
        Consumer.Calls.ShouldBe(["Opened", "Apply a", "Apply a", "Delete a"]);
        stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Step_Bookmark_MovesTheVersionAlone()
    {
        Transport.Answer(ScriptedStream.Open(Bookmark("99")));

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        await following.Stream.DisposeAsync();

        following.ResourceVersion.ShouldBe("99");
        Consumer.Calls.ShouldBe(["Opened"]);
    }

    [Fact]
    public async Task Step_EventOfAnUnknownType_IsPassedOver()
    {
        Transport.Answer(ScriptedStream.Open(Event("SOMETHING", Node("a", 43)) + Event("ADDED", Node("b", 44))));

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        await following.Stream.DisposeAsync();

        Consumer.Calls.ShouldBe(["Opened", "Apply b"]);
    }

    [Fact]
    public async Task Step_StreamEndsCleanlyAfterEvents_WatchesOnAtOnce()
    {
        Transport.Answer(new ScriptedStream(Event("ADDED", Node("a", 43))));

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        (await StepAsync<WatchState.Watching>(following)).ResourceVersion.ShouldBe("43");

        Consumer.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Step_StreamEndsAtOnceWithNothing_CountsAsAnError()
    {
        Transport.Answer(new ScriptedStream());

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.EndedAtOnce);
        retrying.Next.ShouldBe(new WatchState.Watching("42"));
    }

    [Fact]
    public async Task Step_StreamEndsLaterWithNothing_WatchesOn()
    {
        Transport.Answer(new ScriptedStream());
        var following = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));

        Time.Advance(TimeSpan.FromSeconds(1));

        (await StepAsync<WatchState.Watching>(following)).ResourceVersion.ShouldBe("42");
    }

    [Fact]
    public async Task Step_Http410AtWatchStart_ListsAtTheLastVersion()
    {
        Transport.Answer(410, Status(410, "Expired"));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Expired);
        retrying.Next.ShouldBe(new WatchState.Empty("42"));
    }

    [Fact]
    public async Task Step_ErrorEvent410_ListsAgainAndSeesWhatWasDeletedMeanwhile()
    {
        Consumer.Init();
        Consumer.InitApply(new NodeObject("gone", "1", null, null));
        Consumer.InitDone();
        Transport.Answer(new ScriptedStream(Event("ADDED", Node("a", 43)) + Event("ERROR", Status(410, "Expired")))).Answer(200, List("90", "", Node("a", 43)));

        var following = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));
        var retrying = await StepAsync<WatchState.Retrying>(following);
        retrying.Next.ShouldBe(new WatchState.Empty("43"));
        await StepAsync<WatchState.Watching>(await StepAsync<WatchState.Listing>(retrying.Next));

        Consumer.State.Keys.ShouldBe(["a"]);
        Consumer.Calls.ShouldContain("Listing after Expired");
    }

    [Fact]
    public async Task Step_ErrorEventOfAnotherKind_KeepsTheVersion()
    {
        Transport.Answer(new ScriptedStream(Event("ERROR", Status(500, "InternalError"))));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));

        retrying.Next.ShouldBe(new WatchState.Watching("42"));
        retrying.Cause.StatusCode.ShouldBe(500);
    }

    [Fact]
    public async Task Step_ErrorEventAgainAtTheSameVersion_ListsToGetPastIt()
    {
        for (var i = 0; i < 3; i++) Transport.Answer(new ScriptedStream(Event("ERROR", Status(500, "InternalError"))));

        var first = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        var second = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(first.Next));
        var other = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("50")));

        second.Next.ShouldBe(new WatchState.Empty("42"));
        other.Next.ShouldBe(new WatchState.Watching("50"));
    }

    [Fact]
    public async Task Step_EventsWithoutAnythingBetween_AreToldApart()
    {
        Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("a", 43)).Trim() + Event("ADDED", Node("b", 44)).Trim() + Event("DELETED", Node("a", 45)).Trim()));

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        await following.Stream.DisposeAsync();

        Consumer.Calls.ShouldBe(["Opened", "Apply a", "Apply b", "Delete a"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Step_BookmarkOrEventWithoutAVersion_NeverMovesToNone(string? version)
    {
        var nothing = version is null ? "{}" : $$"""{"resourceVersion":"{{version}}"}""";
        var text = Event("BOOKMARK", $$"""{"metadata":{{nothing}} }""") + Event("ADDED", Node("a", 43));
        Transport.Answer(ScriptedStream.Open(text)).Answer(ScriptedStream.Open(text));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        retrying.Next.ShouldBe(new WatchState.Watching("42"));
        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(retrying.Next));
        await following.Stream.DisposeAsync();

        following.ResourceVersion.ShouldBe("43");
        Transport.Requests.ShouldAllBe(static r => r.Contains("resourceVersion=42&", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_FailsForALongTimeAndIsHealthyForTwoMinutes_BeginsAgainWithShortPauses()
    {
        WatchState state = new WatchState.Watching("42");
        for (var i = 0; i < 12; i++)
        {
            Transport.Fail(new WatchTransportException(WatchFailureKind.Unreachable, "refused"));
            var failed = await StepAsync<WatchState.Retrying>(state);
            failed.Delay.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
            state = failed.Next;
        }

        var stream = ScriptedStream.Open();
        Transport.Answer(stream);
        var following = await StepAsync<WatchState.Following>(state);
        Time.Advance(TimeSpan.FromMinutes(2));
        stream.End(new IOException("reset"));

        (await StepAsync<WatchState.Retrying>(following)).Delay.ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(800));
    }

    [Fact]
    public async Task Step_ConnectionLostInTheStream_KeepsTheLastVersion()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("a", 43)));
        stream.End(new IOException("reset"));
        Transport.Answer(stream);

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        var retrying = await StepAsync<WatchState.Retrying>(following);

        retrying.Next.ShouldBe(new WatchState.Watching("43"));
        stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Step_StreamEndsInTheMiddleOfAnEvent_CountsAsLostConnection()
    {
        Transport.Answer(new ScriptedStream(Event("ADDED", Node("a", 43)) + Event("ADDED", Node("b", 44))[..20]));

        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        var retrying = await StepAsync<WatchState.Retrying>(following);

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Unreachable);
        retrying.Next.ShouldBe(new WatchState.Watching("43"));
    }

    [Fact]
    public async Task Step_MalformedEvent_IsAskedForOnceMoreThenPassedOver()
    {
        var bad = """{"type":"ADDED","object":{"metadata":{"name":"bad","resourceVersion":17}}}""" + "\n";
        var both = bad + Event("ADDED", Node("good", 44));
        Transport.Answer(ScriptedStream.Open(both)).Answer(ScriptedStream.Open(both));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));
        retrying.Next.ShouldBe(new WatchState.Watching("42"));
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
        var following = await StepAsync<WatchState.Following>(await StepAsync<WatchState.Following>(retrying.Next));
        await following.Stream.DisposeAsync();

        Consumer.Calls.ShouldBe(["Opened", "Opened", "Skip bad", "Apply good"]);
        following.ResourceVersion.ShouldBe("44");
    }

    [Fact]
    public async Task Step_EventThatLostItsEnd_DoesNotSwallowTheRest()
    {
        Transport.Answer(ScriptedStream.Open("""{"type":"ADDED","object":{"metadata":{"name":"cut","res""" + "\n\"}" + Event("ADDED", Node("b", 44))));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("42")));

        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
    }

    [Fact]
    public async Task Step_StreamBreaksInsideAString_ResumesAndListsShouldItBreakThereAgain()
    {
        const string Cut = """{"type":"MODIFIED","object":{"metadata":{"name":"ord""";
        for (var i = 0; i < 2; i++) Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("a", 43)), Cut, "\n", Event("ADDED", Node("b", 44))));

        var first = await FollowAsync(new WatchState.Watching("42"));
        var second = await FollowAsync(first.Next);

        first.Cause.Kind.ShouldBe(WatchFailureKind.Malformed);
        first.Delay.ShouldBe(TimeSpan.Zero);
        Consumer.Resumes.ShouldBe([first.Cause]);
        Consumer.Failures.ShouldBe([second.Cause]);
        second.Delay.ShouldBeGreaterThan(TimeSpan.Zero);
        first.Next.ShouldBe(new WatchState.Watching("43"));
        second.Next.ShouldBe(new WatchState.Empty("43"));
    }

    [Fact]
    public async Task Step_WatchOutlivesItsTime_IsTakenForLost()
    {
        var stream = ScriptedStream.Open();
        Transport.Answer(stream);
        var following = await StepAsync<WatchState.Following>(new WatchState.Watching("42"));
        var step = Watcher.StepAsync(following, Token).AsTask();
        step.IsCompleted.ShouldBeFalse();

        Time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(5));

        (await step).ShouldBeOfType<WatchState.Retrying>().Cause.Kind.ShouldBe(WatchFailureKind.Idle);
        stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_CancelledWhileFollowing_EndsTheStream()
    {
        var stream = ScriptedStream.Open();
        Transport.Answer(200, List("42", "")).Answer(stream);
        using var cancel = new CancellationTokenSource();
        var run = Watcher.RunAsync(cancel.Token);
        await Until.TrueAsync(() => Consumer.Calls.Contains("Opened"));

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        stream.IsDisposed.ShouldBeTrue();
    }

    private async Task<WatchState.Retrying> FollowAsync(WatchState state)
    {
        while (state is not WatchState.Retrying) state = await Watcher.StepAsync(state, Token);
        return (WatchState.Retrying)state;
    }
}
