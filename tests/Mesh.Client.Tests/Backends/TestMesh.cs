using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Mesh.Backends;

/// <summary>An application's container with a mesh over a memory source, started as a host would.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    private TestMesh(ServiceProvider services, MemoryCatalogSource source)
    {
        Services = services;
        Source = source;
    }

    public ServiceProvider Services { get; }

    public MemoryCatalogSource Source { get; }

    public FakeLogCollector Logs => Services.GetRequiredService<FakeLogCollector>();

    public static Task<TestMesh> StartAsync(Action<IServiceCollection>? configure = null, Action<IMeshBuilder>? mesh = null, params Backend[] orders) =>
        StartAsync(configure, mesh, addMesh: true, orders);

    /// <param name="configure">The application's registrations.</param>
    /// <param name="mesh">What else the mesh is told.</param>
    /// <param name="addMesh">Whether the mesh is registered here, first; else <paramref name="configure"/> calls <see cref="AddTo"/>.</param>
    /// <param name="orders">The backends of <c>orders.sales</c> in cluster alpha.</param>
    public static async Task<TestMesh> StartAsync(Action<IServiceCollection>? configure, Action<IMeshBuilder>? mesh, bool addMesh, params Backend[] orders)
    {
        var source = new MemoryCatalogSource();
        if (orders.Length > 0)
        {
            source.Service("orders.sales", "alpha", s => Array.ForEach(orders, b => s.Endpoint("127.0.0.1", b.Port)));
        }

        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug));
        collection.AddSingleton(source);
        if (addMesh)
        {
            AddTo(collection, mesh);
        }

        configure?.Invoke(collection);
        var services = collection.BuildServiceProvider();
        var test = new TestMesh(services, source);
        services.GetRequiredService<IStartupValidator>().Validate();
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        return test;
    }

    public static void AddTo(IServiceCollection services, Action<IMeshBuilder>? mesh = null) => services.AddMeshRouting(m =>
    {
        // On the system's clock a loaded machine must not run into the limit; what is about the limit turns a clock.
        services.AddOptions<MeshOptions>().PostConfigure<TimeProvider>(static (o, time) => o.Policy.ConnectTimeout ??= time == TimeProvider.System ? TimeSpan.FromSeconds(30) : null);
        m.RunsIn(cluster: "alpha").Configure(o =>
        {
            o.Namespaces.Add("sales");
            o.Seed = 7;
        });
        m.AddSource(s => s.GetRequiredService<MemoryCatalogSource>());
        mesh?.Invoke(m);
    });

    public HttpClient Client(string name = "") => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    /// <summary>Makes <c>orders.sales</c> consist of these backends.</summary>
    public void SetOrders(params Backend[] backends) => Source.Service("orders.sales", "alpha", s => Array.ForEach(backends, b => s.Endpoint("127.0.0.1", b.Port)));

    /// <summary>Makes <c>orders.sales</c> consist of these ports of loopback in a cluster.</summary>
    public void SetOrders(string cluster, params int[] ports) => Source.Service("orders.sales", cluster, s => Array.ForEach(ports, p => s.Endpoint("127.0.0.1", p)));

    /// <summary>What explain says of the endpoint at this port of loopback.</summary>
    public EndpointExplanation Explain(int port, string service = "orders.sales") =>
        Services.GetRequiredService<IMesh>().Explain(service).Tiers.SelectMany(static t => t.Endpoints).Single(e => e.Address == $"127.0.0.1:{port}");

    /// <summary>A port of loopback on which nobody listens.</summary>
    public static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in Services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await Services.DisposeAsync();
    }
}
