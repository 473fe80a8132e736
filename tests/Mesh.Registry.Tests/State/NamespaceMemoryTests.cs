using Mesh.Catalog;
using Microsoft.Extensions.Logging;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.State;

public sealed class NamespaceMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-state-").FullName;

    private string FilePath => Path.Combine(_folder, "namespaces.json");

    [Fact]
    public async Task Restart_BeforeAnySourceHasSpoken_NamespacesSeenBeforeAreKnown()
    {
        var source = new HandSource();
        await using (var first = await StartAsync(source))
        {
            first.Catalog.HasNamespace("sales").ShouldBeFalse();
            source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        }

        await using var second = await StartAsync(new HandSource());

        second.Catalog.HasNamespace("sales").ShouldBeTrue();
        second.Catalog.HasNamespace("finance").ShouldBeFalse();
        Directory.GetFiles(_folder).ShouldBe([FilePath]);
    }

    [Fact]
    public async Task NamespaceSeen_IsWrittenWhileRunning()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        await Until.TrueAsync(() => File.Exists(FilePath) && File.ReadAllText(FilePath).Contains("\"sales\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ not json")]
    [InlineData("""{ "version": 7, "namespaces": [] }""")]
    [InlineData("""{ "version": 1, "namespaces": [ "No Label" ] }""")]
    [InlineData("""{ "version": 1 }""")]
    [InlineData("[]")]
    public async Task Start_FileCannotBeUsed_IsSetAsideAndToldOnce(string content)
    {
        await File.WriteAllTextAsync(FilePath, content, TestContext.Current.CancellationToken);

        await using var test = await StartAsync(new HandSource());

        (await File.ReadAllTextAsync(FilePath + ".bad", TestContext.Current.CancellationToken)).ShouldBe(content);
        test.Logs.Where(static r => r.Level == LogLevel.Warning).ShouldHaveSingleItem().Message.ShouldContain(FilePath);
    }

    [Fact]
    public async Task FolderCannotBeMade_IsToldOnceAndTheRestGoesOn()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "taken"), "", TestContext.Current.CancellationToken);
        var source = new HandSource();
        await using var test = await TestCatalog.StartAsync(new MeshCatalogOptions { Seed = 1, StateDirectory = Path.Combine(_folder, "taken") }, source);

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await Until.TrueAsync(() => test.Logged(1032) == 1);
        source.Sink.Upsert(Alpha, Service(new ServiceName("finance", "bills"), "10.0.0.2"));

        await Until.TrueAsync(() => test.Endpoints(new ServiceName("finance", "bills")).Length == 1);
        await test.Catalog.DisposeAsync();
        test.Logged(1032).ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestCatalog> StartAsync(HandSource source) => TestCatalog.StartAsync(new MeshCatalogOptions { Seed = 1, StateDirectory = _folder }, source);
}
