using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.P1;

/// <summary>One service of a given size in a real catalog, and a router over it; every endpoint has been measured once.</summary>
internal sealed class PickBed : IAsyncDisposable
{
    private readonly MeshCatalog _catalog;
    private readonly MeshRouter _router;

    private PickBed(MeshCatalog catalog, MeshRouter router, IReadOnlyList<Contestant> contestants)
    {
        _catalog = catalog;
        _router = router;
        Contestants = contestants;
    }

    public IReadOnlyList<Contestant> Contestants { get; }

    public static async Task<PickBed> StartAsync(int size, IReadOnlyList<string> algorithms, CancellationToken cancellationToken)
    {
        var source = new MemoryCatalogSource().Service("orders.sales", "alpha", s =>
        {
            for (var i = 0; i < size; i++)
            {
                s.Endpoint(string.Create(CultureInfo.InvariantCulture, $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"), 8080);
            }
        });
        var catalog = new MeshCatalog([source], new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await catalog.StartAsync(cancellationToken);
        await catalog.WaitForSyncAsync(cancellationToken);
        var router = new MeshRouter(
            catalog,
            new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha")), KnownNamespaces = ["sales"], Seed = 1 },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        var contestants = new List<Contestant> { new("index", Index(size)) };
        var match = router.Match(new Uri("http://orders.sales"));
        foreach (var algorithm in algorithms)
        {
            contestants.Add(new Contestant(algorithm, Picks(router.GetRoute(match, new ServicePolicy { LoadBalancing = algorithm }))));
        }

        contestants.Add(new Contestant("report", Requests(router.GetRoute(match, new ServicePolicy { LoadBalancing = algorithms[0] }))));

        // Between 5 and 15 ms, always the same.
        var latency = new Random(size);
        contestants[1].Loop(1);
        foreach (var endpoint in router.Endpoints)
        {
            endpoint.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(5 + 10 * latency.NextDouble())));
        }

        return new PickBed(catalog, router, contestants);
    }

    public async ValueTask DisposeAsync()
    {
        _router.Dispose();
        await _catalog.DisposeAsync();
    }

    private static Action<int> Index(int size)
    {
        var endpoints = Enumerable.Range(0, size).Select(static _ => new object()).ToArray();
        var next = 0;
        return count =>
        {
            for (var i = 0; i < count; i++)
            {
                GC.KeepAlive(endpoints[(uint)Interlocked.Increment(ref next) % (uint)endpoints.Length]);
            }
        };
    }

    private static Action<int> Picks(ServiceRoute route) => count =>
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            var picked = route.Pick(ref attempts, default);
            picked.Endpoint!.Release();
        }
    };

    private static Action<int> Requests(ServiceRoute route) => count =>
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            var picked = route.Pick(ref attempts, default);
            picked.Endpoint!.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(10)));
            picked.Endpoint.Release();
        }
    };
}
