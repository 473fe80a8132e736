using Mesh.Catalog;
using Microsoft.Extensions.Logging;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.State;

/// <summary>The last state of a cluster, over a restart of the process.</summary>
public sealed class KeptStateTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-state-").FullName;

    private string StatePath => new StateFile(_folder, "keeper", Alpha).Path;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_NoSourceSpeaks_ServicesAreKnownAtOnceAndTheClusterIsStaleSinceThen()
    {
        await WriteAsync(Noon, s => s.Sink.Remember(Alpha, "version", "42"));
        var source = new KeepingSource();

        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon.AddMinutes(20));

        var found = test.Catalog.FindAsync(Orders, Token).AsTask();
        found.IsCompletedSuccessfully.ShouldBeTrue("no request waits for a service that is known");
        Written((await found).Cell.Current).ShouldBe(["alpha 10.0.0.1", "alpha 10.0.0.2"]);
        var cluster = test.Catalog.FindCluster(Alpha)!;
        cluster.Freshness.ShouldBe(ClusterFreshness.Stale);
        cluster.Since.ShouldBe(Noon);
        cluster.Uid.ShouldBe("uid-1");
        source.Saved!.Notes["version"].ShouldBe("42");
        source.Saved.Refusal.ShouldBeNull();
        var status = test.Catalog.Sources.Single();
        status.IsSynced.ShouldBeFalse();
        status.RestoredFrom.ShouldBe(Noon);
        test.Logged(1036).ShouldBe(1);
        test.Logs.ShouldNotContain(static l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Restart_ServiceIsNotInTheState_ItIsWaitedFor()
    {
        await WriteAsync(Noon);
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);

        var found = test.Catalog.FindAsync(Carts, Token).AsTask();
        found.IsCompleted.ShouldBeFalse("it may have come since");
        source.Deliver(Service(Carts, "10.0.0.3"));

        Written((await found).Cell.Current).ShouldBe(["alpha 10.0.0.3"]);
        test.Endpoints(Orders).ShouldBeEmpty("what ended meanwhile goes with the first list");
        test.Catalog.Sources.Single().RestoredFrom.ShouldBeNull();
    }

    [Fact]
    public async Task Restart_TheSourceDropsTheState_ItsServicesAreWaitedFor()
    {
        await WriteAsync(Noon);
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);

        source.Sink.Reset(Alpha, []);

        test.Catalog.FindAsync(Orders, Token).AsTask().IsCompleted.ShouldBeFalse();
        test.Catalog.Sources.Single().RestoredFrom.ShouldBeNull();
    }

    [Theory]
    [InlineData(61, "may be 1h old at most (Mesh:MaxCachedAge)")]
    [InlineData(-6, "in the future of this machine's clock")]
    public async Task Restart_AgeIsNotGood_NothingIsUsedAndEveryPlaceSaysSo(int minutes, string why)
    {
        await WriteAsync(Noon);
        var source = new KeepingSource();

        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon.AddMinutes(minutes));

        test.Catalog.FindAsync(Orders, Token).AsTask().IsCompleted.ShouldBeFalse();
        source.Saved!.Refusal!.ShouldContain(why);
        source.Saved.Notes.ShouldBeEmpty();
        var cluster = test.Catalog.FindCluster(Alpha)!;
        cluster.Freshness.ShouldBe(ClusterFreshness.Connecting);
        cluster.Detail.ShouldBe(source.Saved.Refusal);
        cluster.Uid.ShouldBeNull();
        test.Catalog.Sources.Single().RestoredFrom.ShouldBeNull();
        test.Logs.Where(static l => l.Level >= LogLevel.Warning).ShouldHaveSingleItem().Message.ShouldContain(why);
    }

    [Theory]
    [InlineData(59)]
    [InlineData(-4)]
    public async Task Restart_AgeIsGood_IsTakenUp(int minutes)
    {
        await WriteAsync(Noon);

        await using var test = await KeepingSource.StartAsync(new KeepingSource(), _folder, now: Noon.AddMinutes(minutes));

        test.Endpoints(Orders).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Running_TheStateGrowsOlderThanIsTakenUp_ItStaysInUse()
    {
        await WriteAsync(Noon);
        await using var test = await KeepingSource.StartAsync(new KeepingSource(), _folder, now: Noon.AddMinutes(59));

        test.Clock.Advance(TimeSpan.FromHours(5));

        test.Endpoints(Orders).Length.ShouldBe(2, "losing an API server never empties the catalog");
    }

    [Fact]
    public async Task Restart_OtherScope_NothingIsUsed()
    {
        await WriteAsync(Noon);
        var source = new KeepingSource("namespaces finance");

        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);

        source.Saved!.Refusal!.ShouldContain("other settings");
        test.Endpoints(Orders).ShouldBeEmpty();
    }

    [Fact]
    public async Task MaxCachedAge_IsZero_NothingIsKeptOrUsed()
    {
        await WriteAsync(Noon);
        var source = new KeepingSource();

        await using (var test = await KeepingSource.StartAsync(source, _folder, TimeSpan.Zero, Noon))
        {
            source.Saved.ShouldBeNull();
            test.Endpoints(Orders).ShouldBeEmpty();
            source.Deliver(Service(Carts, "10.0.0.3"));
        }

        new StateFile(_folder, "keeper", Alpha).Load()!.Services.Single().Service.ShouldBe(Orders);
    }

    [Fact]
    public async Task Source_DoesNotAsk_NothingIsKept()
    {
        var source = new HandSource();
        await using (var test = await TestCatalog.StartAsync(new MeshCatalogOptions { Seed = 1, StateDirectory = _folder }, source))
        {
            source.Sink.Reset(Alpha, [Service(Orders, "10.0.0.1")]);
        }

        Directory.GetFiles(_folder).Select(Path.GetFileName).ShouldBe(["namespaces.json"]);
    }

    [Theory]
    [InlineData("flipped", "checksum")]
    [InlineData("cut", "not whole")]
    [InlineData("layout", "has layout")]
    [InlineData("text", "not a kept state")]
    [InlineData("empty", "not a kept state")]
    [InlineData("other", "it is of cluster beta")]
    public async Task Restart_FileCannotBeUsed_IsSetAsideAndToldInOneLine(string how, string why)
    {
        await WriteAsync(Noon);
        var content = await File.ReadAllBytesAsync(StatePath, Token);
        switch (how)
        {
            case "flipped":
                content[^3] ^= 4;
                break;
            case "cut":
                content = content[..^5];
                break;
            case "layout":
                content[8]++;
                break;
            case "text":
                content = "{ \"version\": 1 }........."u8.ToArray();
                break;
            case "empty":
                content = [];
                break;
            default:
                new StateFile(_folder, "keeper", Beta).Save(new KeptState("keeper", Beta, "", Noon));
                content = await File.ReadAllBytesAsync(new StateFile(_folder, "keeper", Beta).Path, Token);
                break;
        }

        await File.WriteAllBytesAsync(StatePath, content, Token);
        var source = new KeepingSource();

        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);

        source.Saved.ShouldBeNull();
        File.Exists(StatePath).ShouldBeFalse();
        (await File.ReadAllBytesAsync(StatePath + ".corrupt", Token)).ShouldBe(content);
        var line = test.Logs.Where(static l => l.Level >= LogLevel.Warning).ShouldHaveSingleItem().Message;
        line.ShouldContain(StatePath);
        line.ShouldContain(why);

        // It goes on as if there had been none, and keeps its own.
        source.Deliver(Service(Carts, "10.0.0.3"));
        await test.Catalog.DisposeAsync();
        new StateFile(_folder, "keeper", Alpha).Load()!.Services.Single().Service.ShouldBe(Carts);
    }

    [Fact]
    public async Task Changes_AreWrittenWhileRunning_OnceTheyHaveGathered()
    {
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);
        source.Deliver(Service(Orders, "10.0.0.1"));

        await TurnUntilAsync(test, () => Kept() == "orders.sales 1");
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1", "10.0.0.2"));
        await TurnUntilAsync(test, () => Kept() == "orders.sales 2");
        source.Sink.Upsert(Alpha, Service(Carts, "10.0.0.3"));
        source.Sink.Remove(Alpha, Orders);
        await TurnUntilAsync(test, () => Kept() == "carts.sales 1");

        string Kept() => File.Exists(StatePath)
            ? string.Join(", ", new StateFile(_folder, "keeper", Alpha).Load()!.Services.Select(static s => $"{s.Service} {s.Segments.Sum(static g => g.Count)}"))
            : "";
    }

    [Fact]
    public async Task Live_NothingChanges_TheStateDoesNotGrowOld()
    {
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, now: Noon);
        source.Deliver(Service(Orders, "10.0.0.1"));
        await TurnUntilAsync(test, () => File.Exists(StatePath));

        test.Clock.Advance(TimeSpan.FromHours(3));

        await TurnUntilAsync(test, () => new StateFile(_folder, "keeper", Alpha).Load()!.AsOf >= Noon.AddHours(3));
    }

    [Fact]
    public async Task Stale_WrittenLater_TheAgeCountsFromTheLoss()
    {
        var source = new KeepingSource();
        await using (var test = await KeepingSource.StartAsync(source, _folder, now: Noon))
        {
            source.Deliver(Service(Orders, "10.0.0.1"));
            test.Clock.SetUtcNow(Noon.AddMinutes(10));
            source.Sink.SetCluster(Live(Alpha) with { Uid = "uid-1", Freshness = ClusterFreshness.Stale, Since = Noon.AddMinutes(10) });
            test.Clock.SetUtcNow(Noon.AddMinutes(50));
            source.Sink.Upsert(Alpha, Service(Carts, "10.0.0.3"));
        }

        var state = new StateFile(_folder, "keeper", Alpha).Load()!;
        state.AsOf.ShouldBe(Noon.AddMinutes(10));
        state.Services.Count.ShouldBe(2);
    }

    [Fact]
    public async Task EndsBeforeTheSourceSpoke_TheStateStaysAsItWasWithItsAge()
    {
        await WriteAsync(Noon, s => s.Sink.Remember(Alpha, "version", "42"));
        await using (await KeepingSource.StartAsync(new KeepingSource(), _folder, now: Noon.AddMinutes(30)))
        {
        }

        var state = new StateFile(_folder, "keeper", Alpha).Load()!;
        state.AsOf.ShouldBe(Noon);
        state.Notes["version"].ShouldBe("42");
        state.Services.Single().Service.ShouldBe(Orders);
    }

    [Fact]
    public async Task Folder_CannotBeWritten_IsOneWarningAndTheRestGoesOn()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "taken"), "", Token);
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, Path.Combine(_folder, "taken"), now: Noon);
        source.Deliver(Service(Orders, "10.0.0.1"));

        await TurnUntilAsync(test, () => test.Logged(1034) == 1);
        source.Sink.Upsert(Alpha, Service(Carts, "10.0.0.3"));
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        await test.Catalog.DisposeAsync();

        test.Logged(1034).ShouldBe(1);
        test.Endpoints(Carts).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Leftovers_OfAWriterThatDied_AreRemovedOnceOld()
    {
        await WriteAsync(Noon);
        var old = StatePath + ".abc.tmp";
        var young = StatePath + ".def.tmp";
        await File.WriteAllTextAsync(old, "", Token);
        await File.WriteAllTextAsync(young, "", Token);
        File.SetLastWriteTimeUtc(old, Noon.AddHours(-2).UtcDateTime);
        File.SetLastWriteTimeUtc(young, Noon.UtcDateTime);

        await using var test = await KeepingSource.StartAsync(new KeepingSource(), _folder, now: Noon);

        File.Exists(old).ShouldBeFalse();
        File.Exists(young).ShouldBeTrue();
    }

    [Fact]
    public async Task File_IsForItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await WriteAsync(Noon);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(StatePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task WriteAsync(DateTimeOffset now, Action<KeepingSource>? more = null)
    {
        var source = new KeepingSource();
        await using var test = await KeepingSource.StartAsync(source, _folder, now: now);
        source.Deliver(Service(Orders, "10.0.0.1", "10.0.0.2"));
        more?.Invoke(source);
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
