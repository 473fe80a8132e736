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
}
