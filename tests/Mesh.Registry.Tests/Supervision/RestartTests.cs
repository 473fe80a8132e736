using Mesh.Catalog;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Supervision;

public class RestartTests
{
    [Fact]
    public void Next_PausesDoubleUpToTheMost_HalfOfEachByChance()
    {
        var backoff = new RestartBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), new Random(7));

        double[] whole = [1, 2, 4, 8, 10, 10];
        foreach (var seconds in whole)
        {
            backoff.Next().TotalSeconds.ShouldBeInRange(seconds / 2, seconds);
        }

        backoff.Reset();
        backoff.Next().TotalSeconds.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public async Task Run_ASourceThrowsAgainAndAgain_IsStartedAgainAfterGrowingPausesAndWhatItBroughtStays()
    {
        var source = new HandSource();
        var other = new HandSource("other");
        await using var test = await StartAsync(source, other);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        source.Sink.MarkSynced();

        double[] whole = [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30];
        for (var i = 0; i < whole.Length; i++)
        {
            source.Fail($"failure {i}");
            await Until.TrueAsync(() => test.Clock.Waits.Count == i + 1);
            var pause = test.Clock.Waits.Last();
            pause.TotalSeconds.ShouldBeInRange(whole[i] / 2, whole[i]);
            var status = test.Catalog.Sources.First();
            status.Failure.ShouldNotBeNull().ShouldContain($"It failed: failure {i}");
            status.Failure.ShouldContain("It is started again after");
            status.IsSynced.ShouldBeTrue();
            test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);

            test.Clock.Advance(pause - TimeSpan.FromMilliseconds(1));
            source.Runs.ShouldBe(i + 1, "the pause is not over");
            test.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Until.TrueAsync(() => source.Runs == i + 2);
        }

        other.Runs.ShouldBe(1);
        test.Catalog.Sources.Last().Failure.ShouldBeNull();
        test.Logged(1003).ShouldBe(whole.Length);
    }

    [Fact]
    public async Task Run_ASourceThatRanLongEnds_ThePausesBeginAnew()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        await EndAndRestartAsync(test, source);
        await EndAndRestartAsync(test, source);

        test.Clock.Advance(TimeSpan.FromSeconds(31));
        await EndAndRestartAsync(test, source);

        test.Clock.Waits.Last().TotalSeconds.ShouldBeInRange(0.125, 0.25);
        test.Logged(1004).ShouldBe(3);
    }

    [Fact]
    public async Task Run_ASignOfLifeAfterARestart_EndsTheFailure()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        await EndAndRestartAsync(test, source);
        test.Catalog.Sources.Single().Failure.ShouldNotBeNull().ShouldContain("ended without being asked to");

        source.Sink.SetCluster(Live(Alpha));

        test.Catalog.Sources.Single().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task ReportFailure_ThenNothing_StatusSaysItAndTheLogSaysEachReasonOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        source.Sink.ReportFailure("Its server does not answer: look at the network.");
        source.Sink.ReportFailure("Its server does not answer: look at the network.");
        source.Sink.ReportFailure("Its server refuses the token: renew it.");
        source.Sink.ReportFailure("Its server does not answer: look at the network.");
        source.Sink.ReportFailure("Its server refuses the token: renew it.");
        test.Catalog.Sources.Single().Failure.ShouldBe("Its server refuses the token: renew it.");
        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);
        test.Logged(1001).ShouldBe(2);

        source.Sink.ReportFailure(null);
        test.Catalog.Sources.Single().Failure.ShouldBeNull();
        test.Logged(1002).ShouldBe(1);

        source.Sink.ReportFailure("Its server does not answer: look at the network.");
        test.Logged(1001).ShouldBe(3, "it is another failure");
    }

    [Fact]
    public async Task Stop_WhileASourceWaitsForItsRestart_EndsAtOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Fail("failure");
        await Until.TrueAsync(() => test.Clock.Waits.Count == 1);

        await test.Catalog.StopAsync(TestContext.Current.CancellationToken);

        test.Clock.Advance(TimeSpan.FromMinutes(1));
        source.Runs.ShouldBe(1);
    }

    private static async Task EndAndRestartAsync(TestCatalog test, HandSource source)
    {
        var runs = source.Runs;
        var waits = test.Clock.Waits.Count;
        source.End();
        await Until.TrueAsync(() => test.Clock.Waits.Count == waits + 1);
        test.Clock.Advance(test.Clock.Waits.Last());
        await Until.TrueAsync(() => source.Runs == runs + 1);
    }
}
