using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.P1;

/// <summary>One service of a given size in a real catalog, and a router over it; every endpoint has been measured once.</summary>
internal sealed class PickBed : IAsyncDisposable
{
    /// <summary>How many contestants come before the algorithms: what those are compared with.</summary>
    public const int References = 2;

    private readonly MeshCatalog _catalog;
    private readonly MeshRouter _router;

    private PickBed(MeshCatalog catalog, MeshRouter router, IReadOnlyList<Contestant> contestants, Contestant session)
    {
        _catalog = catalog;
        _router = router;
        Contestants = contestants;
        Session = session;
    }

    public IReadOnlyList<Contestant> Contestants { get; }

    /// <summary>Picks for sessions, which look at every endpoint: measured apart, in fewer rounds.</summary>
    public Contestant Session { get; }

    public static async Task<PickBed> StartAsync(int size, IReadOnlyList<string> algorithms, CancellationToken cancellationToken)
    {
        var source = new MemoryCatalogSource().Service("orders.sales", "alpha", s => Fill(s, size)).Service("carts.sales", "alpha", s => Fill(s, size));
        var catalog = new MeshCatalog([source], new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await catalog.StartAsync(cancellationToken);
        await catalog.WaitForSyncAsync(cancellationToken);
        var router = new MeshRouter(
            catalog,
            new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha")), KnownNamespaces = ["sales"], Seed = 1 },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        var contestants = new List<Contestant> { new("index", Index(size)), new("two counters", TwoCounters(size)) };
        var match = router.Match(new Uri("http://orders.sales"));
        foreach (var algorithm in algorithms)
        {
            contestants.Add(new Contestant(algorithm, Picks(router.GetRoute(match, new ServicePolicy { LoadBalancing = algorithm, SubsetSize = 0 }))));
        }

        contestants.Add(new Contestant("subset", Picks(router.GetRoute(match, new ServicePolicy { LoadBalancing = algorithms[0] }))));
        var alone = new ServicePolicy { LoadBalancing = algorithms[0], SubsetSize = 0 };
        contestants.Add(new Contestant("a route each", PicksOfOwnRoute(router.GetRoute(match, alone), router.GetRoute(router.Match(new Uri("http://carts.sales")), alone))));
        contestants.Add(new Contestant("report", Requests(router.GetRoute(match, alone))));

        // Between 5 and 15 ms, always the same.
        var latency = new Random(size);
        var rotation = new ServicePolicy { LoadBalancing = "round-robin", SubsetSize = 0 };
        contestants[References].Loop(1);
        contestants[^2].Loop(1);
        contestants[^2].Loop(1);
        MeasureEach(router.GetRoute(match, rotation), size, latency);
        MeasureEach(router.GetRoute(router.Match(new Uri("http://carts.sales")), rotation), size, latency);

        var session = Sessions(router.GetRoute(match, new ServicePolicy { SessionAffinity = SessionAffinity.Header }));
        session(1);
        return new PickBed(catalog, router, contestants, new Contestant("session", session));
    }

    public async ValueTask DisposeAsync()
    {
        _router.Dispose();
        await _catalog.DisposeAsync();
    }

    // A rotation comes by each endpoint once.
    private static void MeasureEach(ServiceRoute rotation, int size, Random latency)
    {
        for (var i = 0; i < size; i++)
        {
            var attempts = default(RequestAttempts);
            var lease = rotation.Pick(ref attempts, default).Lease;
            lease.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(5 + 10 * latency.NextDouble())));
            lease.Release();
        }
    }

    private static void Fill(MemoryServiceBuilder service, int size)
    {
        for (var i = 0; i < size; i++)
        {
            service.Endpoint(string.Create(CultureInfo.InvariantCulture, $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"), 8080);
        }
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

    // The least that two choices by requests in flight cost: read two counters that other threads write too, count one up and down.
    private static Action<int> TwoCounters(int size)
    {
        // A cache line each, and its neighbour.
        const int Spacing = 16;
        var counters = new long[(size + 1) * Spacing];
        return count =>
        {
            var random = (ulong)Environment.CurrentManagedThreadId;
            for (var i = 0; i < count; i++)
            {
                random = random * 6364136223846793005 + 1442695040888963407;
                ref var first = ref counters[(1 + (int)(((random >> 32) * (uint)size) >> 32)) * Spacing];
                ref var second = ref counters[(1 + (int)((((random >> 16) & uint.MaxValue) * (uint)size) >> 32)) * Spacing];
                ref var chosen = ref Volatile.Read(ref second) < Volatile.Read(ref first) ? ref second : ref first;
                Interlocked.Increment(ref chosen);

                // The next begins when this one has ended, as a pick does: otherwise the core fetches several iterations' lines at once, which no caller of its own request can.
                random ^= (ulong)Interlocked.Decrement(ref chosen) & 1;
            }
        };
    }

    private static Action<int> Picks(ServiceRoute route) => count =>
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            var picked = route.Pick(ref attempts, default);
            picked.Lease.Release();
        }
    };

    private static Action<int> Sessions(ServiceRoute route) => count =>
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            var picked = route.Pick(ref attempts, new PickHints { Session = (ulong)(i % 1000) * 0x9E3779B97F4A7C15 });
            picked.Lease.Release();
        }
    };

    // Two threads that begin together get another route each: they share nothing but the machine.
    private static Action<int> PicksOfOwnRoute(ServiceRoute first, ServiceRoute second)
    {
        var begun = 0;
        var (one, other) = (Picks(first), Picks(second));
        return count => (Interlocked.Increment(ref begun) % 2 == 0 ? one : other)(count);
    }

    private static Action<int> Requests(ServiceRoute route) => count =>
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            var picked = route.Pick(ref attempts, default);
            picked.Lease.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(10)));
            picked.Lease.Release();
        }
    };
}
