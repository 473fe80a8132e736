namespace Mesh.Watch;

/// <summary>Lists that a server streams (WatchList), and what takes their place where it does not.</summary>
public sealed class StreamedListTests : ResourceWatcherTest
{
    private readonly ResourceWatcher<Decoding.NodeObject> _watcher;

    public StreamedListTests() => _watcher = CreateForNewServer();

    [Fact]
    public async Task Step_Starting_AsksForTheStateAndItsChangesInOne()
    {
        Transport.Answer(ScriptedStream.Open());

        await (await StreamingAsync()).LeaveAsync();

        Transport.Requests.Single().ShouldStartWith(
            "api/v1/nodes?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=0&timeoutSeconds=");
        Transport.Accepts.Single().ShouldBe("application/vnd.kubernetes.protobuf,application/json");
    }

    [Fact]
    public async Task Step_StateArrives_IsShownWholeAtItsBookmarkAndFollowedFromThere()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("b", 12)) + Event("ADDED", Node("a", 7)));
        Transport.Answer(stream);

        var state = await StepAsync<WatchState.Streaming>(_watcher, await StreamingAsync());
        Consumer.State.ShouldBeEmpty();
        stream.Push(End("40") + Event("MODIFIED", Node("a", 41)));
        var following = await StepAsync<WatchState.Following>(_watcher, state);
        await following.LeaveAsync();

        Consumer.Calls.ShouldBe(["Init", "Listing after nothing", "InitApply b", "InitApply a", "InitDone", "Apply a", "Opened"]);
        following.ResourceVersion.ShouldBe("41");
        stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Step_ObjectsChangeWhileTheStateArrives_AreAsTheyWereLast()
    {
        Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("a", 7)) + Event("ADDED", Node("b", 8)) + Event("MODIFIED", Node("a", 39)) + Event("DELETED", Node("b", 40)) + End("40")));

        await (await StepAsync<WatchState.Following>(_watcher, await StreamingAsync())).LeaveAsync();

        Consumer.State.ShouldBe(new Dictionary<string, string> { ["a"] = "39" });
    }

    [Fact]
    public async Task Step_OrdinaryBookmarkWhileTheStateArrives_EndsNothing()
    {
        Transport.Answer(ScriptedStream.Open(Bookmark("30") + Event("ADDED", Node("a", 7))));

        await (await StepAsync<WatchState.Streaming>(_watcher, await StreamingAsync())).LeaveAsync();

        Consumer.Calls.ShouldNotContain("InitDone");
    }

    [Fact]
    public async Task Step_ListedAnew_WhatIsNotThereAnyMoreIsGone()
    {
        Consumer.Init();
        Consumer.InitApply(new Decoding.NodeObject("gone", "1", null, null));
        Consumer.InitDone();
        Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("a", 7)) + End("40")));

        await (await StepAsync<WatchState.Following>(_watcher, await StreamingAsync(new WatchState.Empty("30")))).LeaveAsync();

        Consumer.State.Keys.ShouldBe(["a"]);
        Transport.Requests.Single().ShouldContain("resourceVersion=30&");
    }

    [Theory]
    [InlineData("sendInitialEvents")]
    [InlineData("resourceVersionMatch")]
    public async Task Step_ServerCannot_IsAskedForListsFromThenOnAndNothingIsAmiss(string field)
    {
        Transport.Answer(422, Refusal(field)).Answer(200, List("42", "", Node("a", 1)));

        WatchState state = WatchState.Empty.First;
        while (state is not WatchState.Watching)
        {
            state.ShouldNotBeOfType<WatchState.Retrying>();
            state = await _watcher.StepAsync(state, Token);
        }

        Consumer.State.Keys.ShouldBe(["a"]);
        Consumer.Failures.ShouldBeEmpty();
        Consumer.Resumes.ShouldBeEmpty();
        Consumer.Calls.Count(static c => c == "Init").ShouldBe(1);
        Transport.Requests[1].ShouldBe("api/v1/nodes?limit=500&resourceVersion=0");
        await StepAsync<WatchState.Listing>(Create(WatchTimings.Default), WatchState.Empty.First);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task Step_ServerRefusesForAnotherReason_ListsThisTimeAndSaysSo(int code)
    {
        Transport.Answer(code, Status(code, "Odd"));

        var retrying = await StepAsync<WatchState.Retrying>(_watcher, await StepAsync<WatchState.Starting>(_watcher, WatchState.Empty.First));
        await StepAsync<WatchState.Listing>(_watcher, retrying.Next);

        Consumer.Failures.ShouldBe([retrying.Cause]);
        await StepAsync<WatchState.Starting>(_watcher, WatchState.Empty.First);
    }

    [Fact]
    public async Task Step_BookmarkNeverComes_ListsInstead()
    {
        Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("a", 7))));
        var state = await StepAsync<WatchState.Streaming>(_watcher, await StreamingAsync());
        var step = _watcher.StepAsync(state, Token).AsTask();
        step.IsCompleted.ShouldBeFalse();

        Time.Advance(TimeSpan.FromSeconds(31));

        await ShouldListAsync((await step).ShouldBeOfType<WatchState.Retrying>(), WatchFailureKind.Idle);
    }

    [Fact]
    public async Task Step_ChangesArriveButTheBookmarkDoesNot_ListsInstead()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("a", 7)));
        Transport.Answer(stream);
        var state = await _watcher.StepAsync(await StreamingAsync(), Token);
        for (var i = 0; state is WatchState.Streaming; i++)
        {
            i.ShouldBeLessThan(5, "changes are no progress");
            Time.Advance(TimeSpan.FromSeconds(10));
            stream.Push(Event("MODIFIED", Node("a", 50 + i)));
            state = await _watcher.StepAsync(state, Token);
        }

        await ShouldListAsync(state.ShouldBeOfType<WatchState.Retrying>(), WatchFailureKind.Idle);
        stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Step_LargeStateArrivesSlowly_IsWaitedForWithinAllowance()
    {
        var stream = ScriptedStream.Open();
        Transport.Answer(stream);
        WatchState state = await StreamingAsync();
        for (var i = 0; state is WatchState.Streaming; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(20));
            stream.Push(i < 7 ? Event("ADDED", Node($"n{i}", i + 1)) : End("40"));
            if (i < 7) state = await _watcher.StepAsync(state, Token);
            else break;
        }

        state = await _watcher.StepAsync(state, Token);
        await state.ShouldBeOfType<WatchState.Following>().LeaveAsync();
        Consumer.State.Count.ShouldBe(7);
    }

    [Fact]
    public async Task Step_NewObjectsWithoutEnd_ListsInsteadAfterTheAllowance()
    {
        var stream = ScriptedStream.Open();
        Transport.Answer(stream);
        WatchState state = await StreamingAsync();
        for (var i = 0; state is WatchState.Streaming; i++)
        {
            i.ShouldBeLessThan(20, "it must end");
            Time.Advance(TimeSpan.FromSeconds(20));
            stream.Push(Event("ADDED", Node($"n{i}", i + 1)));
            state = await _watcher.StepAsync(state, Token);
        }

        await ShouldListAsync(state.ShouldBeOfType<WatchState.Retrying>(), WatchFailureKind.Idle);
    }

    [Fact]
    public async Task Step_StreamEndsBeforeTheBookmark_ListsInstead()
    {
        Transport.Answer(new ScriptedStream(Event("ADDED", Node("a", 7))));

        var state = await StepAsync<WatchState.Streaming>(_watcher, await StreamingAsync());

        await ShouldListAsync(await StepAsync<WatchState.Retrying>(_watcher, state), WatchFailureKind.EndedAtOnce);
    }

    [Fact]
    public async Task Step_StreamIsMalformedBeforeTheBookmark_ListsInstead()
    {
        Transport.Answer(new ScriptedStream(Event("ADDED", Node("a", 7)) + "!!"));

        await ShouldListAsync(await StepAsync<WatchState.Retrying>(_watcher, await StreamingAsync()), WatchFailureKind.Malformed);
    }

    [Fact]
    public async Task Step_ConnectionLostBeforeTheBookmark_StreamsAnewAndShowsNothingOfTheFirst()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("a", 7)));
        stream.End(new IOException("reset"));
        Transport.Answer(stream).Answer(ScriptedStream.Open(Event("ADDED", Node("b", 8)) + End("40")));

        var retrying = await StepAsync<WatchState.Retrying>(_watcher, await StepAsync<WatchState.Streaming>(_watcher, await StreamingAsync()));
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Unreachable);
        await (await StepAsync<WatchState.Following>(_watcher, await StreamingAsync(retrying.Next))).LeaveAsync();

        Consumer.State.Keys.ShouldBe(["b"]);
    }

    [Theory]
    [InlineData(410, "Expired", "")]
    [InlineData(504, "Timeout", "ResourceVersionTooLarge")]
    public async Task Step_VersionRefusedInTheStream_AsksForTheNewest(int code, string reason, string cause)
    {
        Transport.Answer(new ScriptedStream(Event("ERROR", Status(code, reason, cause))));

        var retrying = await StepAsync<WatchState.Retrying>(_watcher, await StreamingAsync(new WatchState.Empty("30")));

        retrying.Next.ShouldBe(new WatchState.Empty(""));
    }

    [Fact]
    public async Task Step_MalformedObjectInTheState_IsLeftOutAndTheRestFlows()
    {
        Transport.Answer(ScriptedStream.Open(Event("ADDED", """{"metadata":{"name":"bad","labels":[]}}""") + Event("ADDED", Node("a", 7)) + End("40")));

        await (await StepAsync<WatchState.Following>(_watcher, await StreamingAsync())).LeaveAsync();

        Consumer.Calls.ShouldContain("Skip bad");
        Consumer.State.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Run_CancelledWhileTheStateArrives_EndsTheStream()
    {
        var stream = ScriptedStream.Open(Event("ADDED", Node("a", 7)));
        Transport.Answer(stream);
        using var cancel = new CancellationTokenSource();
        var run = _watcher.RunAsync(cancel.Token);
        await Until.TrueAsync(() => Consumer.Calls.Contains("InitApply a"));

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        stream.IsDisposed.ShouldBeTrue();
    }

    private static string End(string version) =>
        Event("BOOKMARK", $$$"""{"kind":"Node","metadata":{"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":"{{{version}}}"} }""");

    private static string Refusal(string field) =>
        $$$"""{"kind":"Status","message":"ListOptions is invalid","reason":"Invalid","code":422,"details":{"causes":[{"reason":"FieldValueForbidden","field":"{{{field}}}"}]} }""";

    private async Task<WatchState.Streaming> StreamingAsync(WatchState? from = null) =>
        await StepAsync<WatchState.Streaming>(_watcher, await StepAsync<WatchState.Starting>(_watcher, from ?? WatchState.Empty.First));

    private async Task ShouldListAsync(WatchState.Retrying retrying, WatchFailureKind kind)
    {
        retrying.Cause.Kind.ShouldBe(kind);
        retrying.Delay.ShouldBe(TimeSpan.Zero);
        Consumer.Resumes.ShouldBe([retrying.Cause]);
        await StepAsync<WatchState.Listing>(_watcher, retrying.Next);
        await StepAsync<WatchState.Listing>(_watcher, WatchState.Empty.First);
    }

    private static async Task<T> StepAsync<T>(ResourceWatcher<Decoding.NodeObject> watcher, WatchState state)
        where T : WatchState => (await watcher.StepAsync(state, Token)).ShouldBeOfType<T>();
}
