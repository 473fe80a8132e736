using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mesh.Benchmarks.P2;

/// <summary>A client of the factory and the address by which it reaches the server.</summary>
internal sealed class Contestant : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Contestant(string name, Uri uri, ServiceProvider services)
    {
        _services = services;
        Name = name;
        Uri = uri;
        Client = services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
    }

    public string Name { get; }

    public Uri Uri { get; }

    public HttpClient Client { get; }

    public static Task<Contestant> BareAsync(int port) =>
        StartAsync("bare", new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), static _ => { });

    public static Task<Contestant> MeshAsync(int port) => StartAsync(
        "**mesh**",
        new Uri("http://orders.sales/"),
        client => client.Services.AddMeshRouting(mesh => mesh
            .RunsIn(cluster: "alpha")
            .AddMemory(m => m.Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", port)))
            .Configure(static o => o.Namespaces.Add("sales"))));

    public static Task<Contestant> ServiceDiscoveryAsync(int port) => StartAsync(
        "ServiceDiscovery",
        new Uri("http://orders/"),
        client =>
        {
            client.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new("Services:orders:http:0", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"))])
                .Build());
            client.Services.AddServiceDiscovery();
            client.AddServiceDiscovery();
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private static async Task<Contestant> StartAsync(string name, Uri uri, Action<IHttpClientBuilder> configure)
    {
        var collection = new ServiceCollection();
        configure(collection.AddHttpClient("client").RemoveAllLoggers());
        var services = collection.BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        return new Contestant(name, uri, services);
    }
}
