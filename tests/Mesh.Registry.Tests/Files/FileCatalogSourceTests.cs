using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Files;

public sealed class FileCatalogSourceTests : IDisposable
{
    private const string Good = """{ "services": { "orders.sales": { "endpoints": [ { "address": "10.0.0.1" } ] } } }""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mesh-{Guid.NewGuid():n}.json");
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingSink _sink = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public async Task Run_FileChanges_NewContentReplacesTheOld()
    {
        await StartAsync(Good);
        await _sink.NextAsync("synced");

        await ChangeAsync("""{ "services": { "carts.sales": {}, "orders.sales": {} } }""", "ok");

        _sink.Services.Keys.Select(k => k.Item2.ToString()).Order().ShouldBe(["carts.sales", "orders.sales"]);
    }

    [Fact]
    public async Task Run_FileTurnsBad_LastGoodStaysAndTheFailureNamesLineAndField()
    {
        await StartAsync(Good);
        await _sink.NextAsync("synced");

        await ChangeAsync("{ \"services\": {\n \"orders.sales\": { \"endpoint\": [] } } }", "failure");

        _sink.Services.Count.ShouldBe(1);
        _sink.Failure.ShouldNotBeNull().ShouldContain("(2,20): services['orders.sales'].endpoint: unknown field; 'endpoints' is probably meant");
        _sink.Failure.ShouldContain("last good state");
        await ChangeAsync(Good + "  ", "ok");
        _sink.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Run_FileMissingAtStart_TakenUpWhenItAppears()
    {
        await StartAsync(null);
        await _sink.NextAsync("failure");
        _sink.Failure.ShouldNotBeNull().ShouldContain("does not exist");

        await ChangeAsync(Good, "synced");

        _sink.Services.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ClusterTakenOutOfTheFile_IsRemoved()
    {
        await StartAsync("""{ "clusters": { "dc": {} }, "services": { "a.b": [ "10.0.0.1" ] } }""");
        await _sink.NextAsync("synced");

        await ChangeAsync(Good, "ok");

        _sink.Clusters.Keys.ShouldBe([new ClusterId("file")]);
    }

    [Fact]
    public async Task Run_StartedAgain_RemovesWhatOnlyTheRunBeforeBrought()
    {
        var source = new FileCatalogSource(_file, _clock);
        await File.WriteAllTextAsync(_file, """{ "clusters": { "dc": {} }, "services": { "a.b": [ "10.0.0.1" ] } }""", TestContext.Current.CancellationToken);
        using var first = new CancellationTokenSource();
        var run = source.RunAsync(_sink, first.Token);
        await _sink.NextAsync("ok");
        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(run);
        await File.WriteAllTextAsync(_file, Good, TestContext.Current.CancellationToken);

        _ = source.RunAsync(_sink, _stop.Token);
        await _sink.NextAsync("ok");

        _sink.Clusters.Keys.ShouldBe([new ClusterId("file")]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_PathTurnsIntoAPipe_IsToldAndStopsWhenAsked(bool behindALink)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no named pipes among the files here.");
        }

        await StartAsync(Good);
        await _sink.NextAsync("ok");
        var pipe = _file + ".pipe";
        MakePipe(pipe, 0x180).ShouldBe(0);
        try
        {
            if (behindALink)
            {
                File.CreateSymbolicLink(_file + ".link", pipe);
            }

            Rename(behindALink ? _file + ".link" : pipe, _file).ShouldBe(0);
            await TurnUntilAsync("failure");

            _sink.Failure.ShouldNotBeNull().ShouldContain("only regular files are read");
            _sink.Services.Count.ShouldBe(1);
            await ChangeAsync(Good, "ok");
            await _stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_run.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    [Fact]
    public async Task Run_FaultyInOneWayThenInAnother_TheLogSaysEachOnce()
    {
        var logs = new FakeLogCollector();
        using var loggers = new LoggerFactory([new FakeLoggerProvider(logs)]);
        await File.WriteAllTextAsync(_file, "{ \"service\": {} }", TestContext.Current.CancellationToken);
        await using var catalog = new MeshCatalog([new FileCatalogSource(_file, _clock)], new MeshCatalogOptions { Seed = 1 }, _clock, loggers);
        await catalog.StartAsync(TestContext.Current.CancellationToken);
        await ToldAsync(1);

        await ReplaceAsync("{ \"clusterz\": {} }");
        await ToldAsync(2);
        await ReplaceAsync("{ \"service\": {} }");
        await Until.TrueAsync(() => Turned(() => catalog.Sources.Single().Failure?.Contains("'services'", StringComparison.Ordinal) == true));

        logs.GetSnapshot().Count(static l => l.Id.Id == 1001).ShouldBe(2);

        Task ToldAsync(int times) => Until.TrueAsync(() => Turned(() => logs.GetSnapshot().Count(static l => l.Id.Id == 1001) == times));
    }

    [Fact]
    public async Task Run_FileReplacedByRename_ToldByTheWatchAlone()
    {
        await StartAsync(Good);
        await _sink.NextAsync("ok");

        File.WriteAllText(_file + ".new", """{ "services": { "carts.sales": {} } }""");
        File.Move(_file + ".new", _file, overwrite: true);

        // The clock does not turn, so no poll can have found it.
        await _sink.NextAsync("ok");
        _sink.Services.Keys.ShouldHaveSingleItem().Item2.ToString().ShouldBe("carts.sales");
    }

    [Fact]
    public async Task Run_ConfigMapSwapsItsLinks_ToldByTheWatchAlone()
    {
        // A mounted ConfigMap: mesh.json -> ..data/mesh.json, ..data -> a folder per version, swapped by a rename.
        var mount = Directory.CreateTempSubdirectory("mesh-").FullName;
        try
        {
            Version("1", Good);
            Directory.CreateSymbolicLink(Path.Combine(mount, "..data"), "..1");
            File.CreateSymbolicLink(Path.Combine(mount, "mesh.json"), Path.Combine("..data", "mesh.json"));
            _ = new FileCatalogSource(Path.Combine(mount, "mesh.json"), _clock).RunAsync(_sink, _stop.Token);
            await _sink.NextAsync("ok");

            Version("2", """{ "services": { "carts.sales": {} } }""");
            Directory.CreateSymbolicLink(Path.Combine(mount, "..data_tmp"), "..2");
            Rename(Path.Combine(mount, "..data_tmp"), Path.Combine(mount, "..data")).ShouldBe(0);

            await _sink.NextAsync("ok");
            _sink.Services.Keys.ShouldHaveSingleItem().Item2.ToString().ShouldBe("carts.sales");
        }
        finally
        {
            await _stop.CancelAsync();
            Directory.Delete(mount, recursive: true);
        }

        void Version(string number, string content)
        {
            Directory.CreateDirectory(Path.Combine(mount, ".." + number));
            File.WriteAllText(Path.Combine(mount, ".." + number, "mesh.json"), content);
        }
    }

    [Fact]
    public async Task Run_FolderMissingAtStart_FoundByPolling()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"mesh-{Guid.NewGuid():n}");
        _ = new FileCatalogSource(Path.Combine(folder, "mesh.json"), _clock).RunAsync(_sink, _stop.Token);
        await _sink.NextAsync("failure");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "mesh.json"), Good);

            await TurnUntilAsync("synced");

            _sink.Services.Count.ShouldBe(1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_FileWrittenInPieces_NotCalledFaultyWhileItSettles()
    {
        await StartAsync(Good);
        await _sink.NextAsync("ok");

        File.WriteAllText(_file, "{ \"services\": {");
        File.AppendAllText(_file, " \"carts.sales\": {} } }");

        await TurnUntilAsync("ok");
        _sink.Failures.ShouldBe(0);
        _sink.Services.Keys.ShouldHaveSingleItem().Item2.ToString().ShouldBe("carts.sales");
    }

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe(string path, uint mode);

    // The framework does not rename a link to a folder over another; the kubelet does.
    [DllImport("libc", EntryPoint = "rename", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);

    private async Task StartAsync(string? content)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(_file, content);
        }

        _run = new FileCatalogSource(_file, _clock).RunAsync(_sink, _stop.Token);
    }

    private async Task ChangeAsync(string content, string expected)
    {
        await ReplaceAsync(content);
        await TurnUntilAsync(expected);
    }

    // Replaced as editors and ConfigMaps do: whole, by a rename.
    private async Task ReplaceAsync(string content)
    {
        await File.WriteAllTextAsync(_file + ".new", content);
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private bool Turned(Func<bool> condition)
    {
        if (condition())
        {
            return true;
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    }

    private async Task TurnUntilAsync(string expected)
    {
        var seen = _sink.NextAsync(expected);
        while (!seen.IsCompleted)
        {
            // The timer may not be waiting yet; turning the clock again does no harm.
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await seen;
    }
}
