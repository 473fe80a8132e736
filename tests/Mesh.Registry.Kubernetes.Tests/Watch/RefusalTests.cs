using System.Net.Sockets;

namespace Mesh.Watch;

public sealed class RefusalTests : ResourceWatcherTest
{
    [Fact]
    public async Task Step_TimeoutWithoutThatCause_KeepsTheVersion()
    {
        Transport.Answer(504, Status(504, "Timeout"));

        (await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"))).Next.ShouldBe(new WatchState.Watching("42"));
    }

    [Fact]
    public async Task Step_429_WaitsAsLongAsAskedAndKeepsTheVersion()
    {
        Transport.Answer(429, Status(429, "TooManyRequests"), TimeSpan.FromSeconds(7));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));
        retrying.Delay.ShouldBe(TimeSpan.FromSeconds(7));
        retrying.Next.ShouldBe(new WatchState.Watching("42"));

        var step = Watcher.StepAsync(retrying, Token).AsTask();
        Time.Advance(TimeSpan.FromSeconds(6.9));
        step.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(0.2));
        (await step).ShouldBe(retrying.Next);
    }

    [Fact]
    public async Task Step_429Often_LeavesItToTheBackoffAfterTen()
    {
        WatchState state = new WatchState.Watching("42");
        for (var i = 0; i < 11; i++)
        {
            Transport.Answer(429, Status(429, "TooManyRequests"), TimeSpan.FromSeconds(77));
            var retrying = await StepAsync<WatchState.Retrying>(state);
            (retrying.Delay == TimeSpan.FromSeconds(77)).ShouldBe(i < 10, $"refusal {i + 1}");
            state = retrying.Next;
        }
    }

    [Fact]
    public async Task Step_401_ReadsTheCredentialsAgainOnceThenBacksOff()
    {
        Transport.Answer(401, Status(401, "Unauthorized")).Answer(401, Status(401, "Unauthorized")).Answer(401, Status(401, "Unauthorized"));
        var watching = new WatchState.Watching("42");

        (await StepAsync<WatchState.Watching>(watching)).ShouldBe(watching);
        Transport.Renewals.ShouldBe(1);
        var retrying = await StepAsync<WatchState.Retrying>(watching);
        Transport.Renewals.ShouldBe(1);
        retrying.Cause.Kind.ShouldBe(WatchFailureKind.Unauthorized);

        var waited = Watcher.StepAsync(retrying, Token).AsTask();
        Time.Advance(TimeSpan.FromSeconds(31));
        await StepAsync<WatchState.Watching>(await waited);
        Transport.Renewals.ShouldBe(2);
    }

    [Fact]
    public async Task Step_403_NamesWhatIsMissing()
    {
        Transport.Answer(403, Status(403, "Forbidden")).Answer(403, Status(403, "Forbidden"));

        var list = await StepAsync<WatchState.Retrying>(new WatchState.Listing("0", null, 500));
        var watch = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));

        list.Cause.Kind.ShouldBe(WatchFailureKind.Forbidden);
        list.Cause.Verb.ShouldBe("list");
        watch.Cause.Verb.ShouldBe("watch");
    }

    [Fact]
    public async Task Step_403AgainAndAgain_IsAskedSoonAtFirstAndSlowlyThen()
    {
        double[] longest = [60 / 64.0, 60 / 16.0, 60 / 4.0, 60, 60];
        foreach (var _ in longest) Transport.Answer(403, Status(403, "Forbidden"));

        foreach (var seconds in longest)
        {
            (await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"))).Delay.TotalSeconds.ShouldBeInRange(seconds / 2, seconds);
        }
    }

    [Fact]
    public async Task Step_403AfterAnAnswer_IsAskedSoonAgain()
    {
        for (var i = 0; i < 4; i++)
        {
            Transport.Answer(403, Status(403, "Forbidden"));
            await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));
        }

        Transport.Answer(200, List("42", "")).Answer(403, Status(403, "Forbidden"));
        await StepAsync<WatchState.Watching>(new WatchState.Listing("0", null, 500));

        (await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"))).Delay.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Step_ServerDoesNotTakeTheVersion_ListsAnew(int code)
    {
        Transport.Answer(code, Status(code, "Invalid"));

        (await StepAsync<WatchState.Retrying>(new WatchState.Watching("what"))).Next.ShouldBe(new WatchState.Empty(""));
    }

    [Fact]
    public async Task Step_ConnectionRefused_KeepsTheVersion()
    {
        Transport.Fail(new WatchTransportException(WatchFailureKind.Unreachable, "refused", new SocketException()));

        var retrying = await StepAsync<WatchState.Retrying>(new WatchState.Watching("42"));

        retrying.Next.ShouldBe(new WatchState.Watching("42"));
        retrying.Cause.Message.ShouldBe("refused");
    }

    [Fact]
    public async Task Step_NoAnswerInTime_IsRetried()
    {
        var step = Watcher.StepAsync(new WatchState.Watching("42"), Token).AsTask();
        Time.Advance(TimeSpan.FromSeconds(29));
        step.IsCompleted.ShouldBeFalse();

        Time.Advance(TimeSpan.FromSeconds(2));

        (await step).ShouldBeOfType<WatchState.Retrying>().Cause.Message.ShouldContain("30 s");
    }

    [Fact]
    public async Task Step_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var step = Watcher.StepAsync(new WatchState.Watching("42"), cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(step);
    }
}
