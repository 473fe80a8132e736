using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>Sources that are at hand make their namespaces known before the first request.</summary>
public sealed class SourceNamespacesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-namespaces-");

    private string File => Path.Combine(_folder.FullName, "mesh.json");

    [Fact]
    public async Task AddFile_FirstRequestRightAfterTheStart_IsRouted()
    {
        await using var orders = await Backend.SayingAsync("orders");
        await WriteAsync($$"""{ "services": { "orders.sales": [ { "address": "127.0.0.1:{{orders.Port}}" } ] } }""");
        await using var mesh = await MeshRouting.StartAsync(m => m.AddFile(File), Stop);
        using var client = mesh.CreateHttpClient();

        (await client.GetStringAsync("http://orders.sales/", Stop)).ShouldBe("orders");
    }

    [Fact]
    public async Task AddFile_ItsNamespaces_AreKnownBesideThoseConfigured()
    {
        await WriteAsync("""{ "services": { "orders.sales": [], "cart.sales": [], "stock.depot": [] } }""");

        Namespaces(m => m.AddFile(File).Configure(static o => o.Namespaces.Add("web"))).ShouldBe(["web", "sales", "depot"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{ "services": { "orders.sales": [ { "adress": "10.0.0.1" } ] } }""")]
    public async Task AddFile_MissingOrFaulty_AddsNothingAndIsReportedByTheSource(string? content)
    {
        if (content is not null)
        {
            await WriteAsync(content);
        }

        Namespaces(m => m.AddFile(File)).ShouldBeEmpty();
        await using var mesh = await MeshRouting.StartAsync(m => m.AddFile(File), Stop);
        await Eventually.BecomesTrue(() => mesh.Catalog.Sources.Single().Failure is not null, "the source says what is wrong");

        mesh.Catalog.Sources.Single().Failure!.ShouldContain(File);
    }

    [Fact]
    public void AddMemory_ItsNamespaces_AreKnownAndItIsDescribedOnce()
    {
        var described = 0;

        Namespaces(m => m.AddMemory(s =>
        {
            described++;
            s.Service("orders.sales", "alpha", static e => e.Endpoint("127.0.0.1", 80));
        })).ShouldBe(["sales"]);

        described.ShouldBe(1);
    }

    [Fact]
    public async Task AddFile_TheSameFileTwice_IsOneSource()
    {
        await WriteAsync("""{ "services": { "orders.sales": [] } }""");
        var services = new ServiceCollection();
        services.AddMeshRouting(m => m.AddFile(File));
        services.AddMeshRouting(m => m.AddFile(Path.Combine(_folder.FullName, ".", "mesh.json")));
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IMeshCatalog>().Sources.Single().Name.ShouldBe($"file:{File}");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task WriteAsync(string content) => System.IO.File.WriteAllTextAsync(File, content, Stop);

    private static IEnumerable<string> Namespaces(Action<IMeshBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddMeshRouting(configure);
        using var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IMeshCatalog>();
        return provider.GetRequiredService<IOptions<MeshOptions>>().Value.Namespaces;
    }
}
