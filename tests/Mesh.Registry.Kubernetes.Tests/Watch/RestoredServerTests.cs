namespace Mesh.Watch;

/// <summary>A server whose store was set back (an etcd restore): versions that were seen do not exist there, or mean something else.</summary>
public sealed class RestoredServerTests : ResourceWatcherTest
{
    [Fact]
    public async Task Step_AfterALostConnection_AsksWhetherTheServerStillHasTheVersion()
    {
        var retrying = await LostAsync("42");
        Transport.Answer(200, List("50", "", Node("a", 1))).Answer(ScriptedStream.Open());

        var probing = await WaitedAsync<WatchState.Probing>(retrying);
        var watching = await StepAsync<WatchState.Watching>(probing);
        await (await StepAsync<WatchState.Following>(watching)).LeaveAsync();

        watching.ResourceVersion.ShouldBe("42");
        Transport.Requests[1].ShouldBe("api/v1/nodes?limit=1&resourceVersionMatch=NotOlderThan&resourceVersion=42");
        Consumer.Calls.ShouldBe(["Opened"], "nothing is listed anew");
    }

    [Fact]
    public async Task Step_ServerCameBackWithoutTheVersion_ListsTheNewest()
    {
        var retrying = await LostAsync("42");
        Transport.Answer(504, Status(504, "Timeout", "ResourceVersionTooLarge"));

        var behind = await StepAsync<WatchState.Retrying>(await WaitedAsync<WatchState.Probing>(retrying));

        behind.Next.ShouldBe(new WatchState.Empty(""));
        behind.Cause.Kind.ShouldBe(WatchFailureKind.TooLarge);
    }

    [Fact]
    public async Task Step_ServerIsStillDown_GoesOnAsking()
    {
        var retrying = await LostAsync("42");
        Transport.Fail(new WatchTransportException(WatchFailureKind.Unreachable, "refused"));

        var again = await StepAsync<WatchState.Retrying>(await WaitedAsync<WatchState.Probing>(retrying));

        (await WaitedAsync<WatchState.Probing>(again)).ResourceVersion.ShouldBe("42");
    }

    [Fact]
    public async Task Step_ProbeIsRefusedForItsCredentials_ReadsThemAgain()
    {
        var retrying = await LostAsync("42");
        Transport.Answer(401, Status(401, "Unauthorized"));
        var probing = await WaitedAsync<WatchState.Probing>(retrying);

        (await StepAsync<WatchState.Probing>(probing)).ShouldBe(probing);

        Transport.Renewals.ShouldBe(1);
    }

    [Theory]
    [InlineData("BOOKMARK")]
    [InlineData("ADDED")]
    [InlineData("MODIFIED")]
    [InlineData("DELETED")]
    public async Task Step_VersionOfAnEventIsOlderThanWhatWasSeen_ListsTheNewest(string type)
    {
        var old = type == "BOOKMARK" ? Bookmark("99") : Event(type, Node("a", 99));
        Transport.Answer(ScriptedStream.Open(Event("ADDED", Node("b", 101)) + old));

        var retrying = await StepAsync<WatchState.Retrying>(await StepAsync<WatchState.Following>(new WatchState.Watching("100")));

        retrying.Next.ShouldBe(new WatchState.Empty(""));
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.TooLarge);
        retrying.Cause.Message.ShouldContain("from version 101 to 99");
        Consumer.Calls.ShouldBe(["Opened", "Apply b"], "what belongs to another past is not taken");
    }

    [Theory]
    [InlineData("99", "100", true)]
    [InlineData("100", "99", false)]
    [InlineData("100", "100", false)]
    [InlineData("199", "200", true)]
    [InlineData("18446744073709551615", "18446744073709551616", true)]
    [InlineData("a9", "100", false)]
    [InlineData("99", "b100", false)]
    [InlineData("099", "100", false)]
    [InlineData("", "100", false)]
    public void IsOlder_OnlyNumbers_AreCompared(string version, string other, bool older) => ResourceVersions.IsOlder(version, other).ShouldBe(older);

    private async Task<WatchState.Retrying> LostAsync(string version)
    {
        Transport.Fail(new WatchTransportException(WatchFailureKind.Unreachable, "refused"));
        return await StepAsync<WatchState.Retrying>(new WatchState.Watching(version));
    }

    private async Task<T> WaitedAsync<T>(WatchState.Retrying retrying)
        where T : WatchState
    {
        var step = Watcher.StepAsync(retrying, Token).AsTask();
        Time.Advance(retrying.Delay);
        return (await step).ShouldBeOfType<T>();
    }
}
