using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mesh.Benchmarks.Envoy;

/// <summary>An <see cref="HttpClient"/> of the mesh with the policies that Envoy has, over a catalog in memory.</summary>
internal sealed class MeshedClient : IAsyncDisposable
{
    private static readonly string[] Clusters = ["alpha", "beta", "gamma"];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ServiceProvider _services;
    private readonly MemoryCatalogSource _source;

    private MeshedClient(ServiceProvider services, MemoryCatalogSource source)
    {
        (_services, _source) = (services, source);
        Client = services.GetRequiredService<IHttpClientFactory>().CreateClient();
    }

    public HttpClient Client { get; }

    public static async Task<MeshedClient> StartAsync(CancellationToken cancellationToken)
    {
        var source = new MemoryCatalogSource();
        var collection = new ServiceCollection();
        collection.AddHttpClient("").RemoveAllLoggers();
        collection.AddMeshRouting(mesh => mesh.RunsIn(cluster: Clusters[0]).AddSource(_ => source).Configure(static o =>
        {
            o.Namespaces.Add("bench");
            o.Policy.SpillOver = SpillOver.Health;
            o.Policy.MaxRetries = 0;
        }));
        var services = collection.BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(cancellationToken);
        }

        return new MeshedClient(services, source);
    }

    public static Uri AddressOf(Service service) => new($"http://{NameOf(service)}/");

    /// <summary>Makes a service consist of these hosts, and waits until its table does.</summary>
    public async Task SetAsync(Service service, Host[] hosts, int[] ports, CancellationToken cancellationToken)
    {
        foreach (var cluster in hosts.Select((host, i) => (Host: host, Port: ports[i])).GroupBy(static h => h.Host.Cluster))
        {
            _source.Service(NameOf(service), Clusters[cluster.Key], s =>
            {
                s.Policy(PolicyOf(service));
                foreach (var (host, port) in cluster)
                {
                    s.Endpoint(port, new EndpointDescription(EndpointAddress.FromIPv4(0x7F000001))
                    {
                        Weight = host.Weight,
                        Conditions = host.IsDown ? EndpointConditions.None : EndpointConditions.Ready | EndpointConditions.Serving,
                    });
                }
            });
        }

        var mesh = _services.GetRequiredService<IMesh>();
        var expected = hosts.Select((h, i) => (h.IsDown, Address: string.Create(CultureInfo.InvariantCulture, $"{IPAddress.Loopback}:{ports[i]}"))).Where(static h => !h.IsDown).Select(static h => h.Address).ToHashSet();
        while (!expected.SetEquals(mesh.Explain(NameOf(service)).Tiers.SelectMany(static t => t.Endpoints).Where(static e => e.IsUsable).Select(static e => e.Address)))
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private static string NameOf(Service service) => $"{service.ToString().ToLowerInvariant()}.bench";

    private static ServicePolicy PolicyOf(Service service) => service switch
    {
        Service.Failover => new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new RoutingTarget(new ClusterId(Clusters[1])), new RoutingTarget(new ClusterId(Clusters[2]))], LoadBalancing = "random" },
        Service.Weighted => new ServicePolicy { Mode = RoutingMode.ActiveActive, Targets = [new RoutingTarget(new ClusterId(Clusters[0]), 80), new RoutingTarget(new ClusterId(Clusters[1]), 20)], LoadBalancing = "random" },
        _ => new ServicePolicy { LoadBalancing = "round-robin" },
    };
}
