using Mesh.Catalog;
using Mesh.State;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Telemetry;

/// <summary>What the log warns of can be alerted on, and the alert clears by itself: <c>mesh.registry.degraded</c> and its neighbours.</summary>
public sealed class DegradedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-degraded-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Source_ThatDoesNotWork_UntilItSaysThatItDoes()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        Degraded(test, "source_failing").ShouldBe("mesh.source=hand 0");

        source.Sink.ReportFailure("on purpose");
        Degraded(test, "source_failing").ShouldBe("mesh.source=hand 1");
        source.Sink.ReportFailure(null);
        Degraded(test, "source_failing").ShouldBe("mesh.source=hand 0");
    }

    [Fact]
    public async Task Source_ThatEnded_UntilASignOfLifeWhichTheLogTellsToo()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);

        source.Fail("on purpose");
        await Until.TrueAsync(() => test.Clock.Waits.Count == 1);
        Degraded(test, "source_failing").ShouldBe("mesh.source=hand 1");
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => source.Runs == 2);
        source.Sink.SetCluster(Live(Alpha));

        Degraded(test, "source_failing").ShouldBe("mesh.source=hand 0");
        test.Logged(1003).ShouldBe(1);
        test.Logged(1002).ShouldBe(1);
    }

    [Fact]
    public async Task Source_ThatEndedAndSaysThatItWorks_LogTellsTheEndOnce()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.ReportFailure("on purpose");
        source.End();
        await Until.TrueAsync(() => test.Clock.Waits.Count == 1);
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => source.Runs == 2);

        source.Sink.SetCluster(Live(Beta));
        test.Logged(1002).ShouldBe(0, "what it said of itself still stands");
        source.Sink.ReportFailure(null);

        test.Logged(1002).ShouldBe(1);
    }

    [Fact]
    public async Task Subscriber_ThatThrows_IsCounted()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var throwing = test.Catalog.Subscribe(static _ => throw new InvalidOperationException("on purpose"));

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        await Until.TrueAsync(() => MeterReading.Of(test.Catalog.Meter).Any(static l => l.StartsWith("mesh.registry.subscriber.failures {failure} ", StringComparison.Ordinal) && !l.EndsWith(" 0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Interests_MoreThanAreTracked_UntilSomeEnd()
    {
        var options = new MeshCatalogOptions { Seed = 1 };
        options.Limits.MaxInterests = 1;
        await using var test = await StartAsync(options, new HandSource(isOnDemand: true));

        test.Catalog.Find(Orders);
        Degraded(test, "interests_full").ShouldBe("0");
        test.Catalog.Find(Carts);
        Degraded(test, "interests_full").ShouldBe("1");
        for (var i = 0; i < 8; i++)
        {
            test.Clock.Advance(TimeSpan.FromMinutes(2.5));
        }

        Degraded(test, "interests_full").ShouldBe("0");
        test.Logged(1021).ShouldBe(1);
        test.Logged(1022).ShouldBe(1);
    }

    [Fact]
    public async Task Namespaces_ThatCannotBeRead_UntilEverySourceHasSpoken()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "namespaces.json"), "{ no", Token);
        var source = new HandSource();
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, StateDirectory = _folder }, source);

        Degraded(test, "namespaces_not_read").ShouldBe("1");
        source.Sink.MarkSynced();

        Degraded(test, "namespaces_not_read").ShouldBe("0");
    }

    [Fact]
    public async Task Namespaces_ThatCannotBeWritten_UntilTheyCan()
    {
        var folder = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(folder, "", Token);
        var source = new HandSource();
        await using var test = await StartAsync(new MeshCatalogOptions { Seed = 1, StateDirectory = folder }, source);
        Degraded(test, "namespaces_not_written").ShouldBe("0");

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await Until.TrueAsync(() => Degraded(test, "namespaces_not_written") == "1");
        File.Delete(folder);
        source.Sink.Upsert(Alpha, Service(Carts, "10.0.0.2"));

        await Until.TrueAsync(() => Degraded(test, "namespaces_not_written") == "0");
        await Until.TrueAsync(() => test.Logged(1039) == 1);
        test.Logged(1032).ShouldBe(1);
    }

    [Fact]
    public async Task State_ThatCannotBeWritten_UntilItCan()
    {
        var folder = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(folder, "", Token);
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, folder);
        source.Deliver(Service(Orders, "10.0.0.1"));

        await TurnUntilAsync(test, () => Degraded(test, "state_not_written") == "mesh.source=keeper mesh.cluster=alpha 1");
        File.Delete(folder);
        await TurnUntilAsync(test, () => Degraded(test, "state_not_written") == "mesh.source=keeper mesh.cluster=alpha 0");

        await Until.TrueAsync(() => test.Logged(1038) == 1);
        test.Logged(1034).ShouldBe(1);
    }

    [Theory]
    [InlineData("damaged", 1033)]
    [InlineData("old", 1037)]
    public async Task State_ThatIsNotUsed_UntilTheClusterIsLive(string what, int told)
    {
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var file = new StateFile(_folder, "keeper", Alpha);
        file.Save(new KeptState("keeper", Alpha, "", noon.AddDays(-2)));
        if (what == "damaged")
        {
            await File.WriteAllTextAsync(file.Path, "rubbish", Token);
        }

        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, TimeSpan.FromHours(1), noon);

        Degraded(test, "state_not_used").ShouldBe("mesh.source=keeper mesh.cluster=alpha 1");
        test.Logged(told).ShouldBe(1);
        source.Deliver(Service(Orders, "10.0.0.1"));

        Degraded(test, "state_not_used").ShouldBe("mesh.source=keeper mesh.cluster=alpha 0");
    }

    [Fact]
    public async Task Connection_ThatIsNotTaken_UntilItIsOrTheClusterGoes()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var topology = test.Catalog.TopologyRevision;

        source.Sink.SetCluster(Live(Alpha) with { RenewalFailure = "its new token is refused" });
        Degraded(test, "connection_not_renewed").ShouldBe("mesh.source=hand mesh.cluster=alpha 1");
        test.Catalog.TopologyRevision.ShouldBe(topology, "no table depends on it");
        source.Sink.SetCluster(Live(Alpha));
        Degraded(test, "connection_not_renewed").ShouldBe("mesh.source=hand mesh.cluster=alpha 0");

        source.Sink.SetCluster(Live(Alpha) with { RenewalFailure = "its new token is refused" });
        source.Sink.RemoveCluster(Alpha);
        Degraded(test, "connection_not_renewed").ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Degraded(TestCatalog test, string reason)
    {
        var start = $"mesh.registry.degraded {{condition}} mesh.reason={reason} ";
        return string.Join(", ", MeterReading.Of(test.Catalog.Meter).Where(l => l.StartsWith(start, StringComparison.Ordinal)).Select(l => l[start.Length..]));
    }

    private static Task TurnUntilAsync(TestCatalog test, Func<bool> condition) => Until.TrueAsync(() =>
    {
        if (condition())
        {
            return true;
        }

        test.Clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    });
}
