using Microsoft.Extensions.Time.Testing;

namespace Mesh.Files;

public sealed class FileCatalogSourceTests : IDisposable
{
    private const string Good = """{ "services": { "orders.sales": { "endpoints": [ { "address": "10.0.0.1" } ] } } }""";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mesh-{Guid.NewGuid():n}.json");
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingSink _sink = new();
    private readonly CancellationTokenSource _stop = new();

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
        _sink.Failure.ShouldNotBeNull().ShouldContain("line 2, services.orders.sales.endpoint: unknown field; did you mean 'endpoints'?");
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
        await StartAsync("""{ "clusters": { "dc": {} }, "services": { "a.b": { "endpoints": [ { "address": "10.0.0.1", "cluster": "dc" } ] } } }""");
        await _sink.NextAsync("synced");

        await ChangeAsync(Good, "ok");

        _sink.Clusters.Keys.ShouldBe([new ClusterId("file")]);
    }

    private async Task StartAsync(string? content)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(_file, content);
        }

        _ = new FileCatalogSource(_file, _clock).RunAsync(_sink, _stop.Token);
    }

    private async Task ChangeAsync(string content, string expected)
    {
        // Replaced as editors and ConfigMaps do: whole, by a rename.
        await File.WriteAllTextAsync(_file + ".new", content);
        File.Move(_file + ".new", _file, overwrite: true);
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
