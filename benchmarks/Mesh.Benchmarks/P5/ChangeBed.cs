using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.P5;

/// <summary>A real catalog of a given size, a router over it, and some services in use.</summary>
internal sealed class ChangeBed : IAsyncDisposable
{
    private const int InUse = 50;

    private readonly HeldSource _source;
    private readonly MeshCatalog _catalog;
    private readonly MeshRouter _router;
    private readonly (int Service, ServiceRoute Route)[] _routes;
    private int _generation;

    private ChangeBed(HeldSource source, MeshCatalog catalog, int services, double bytesPerEndpoint)
    {
        _source = source;
        _catalog = catalog;
        BytesPerEndpoint = bytesPerEndpoint;
        _router = new MeshRouter(
            catalog,
            new MeshRouterOptions { Caller = new Locality(ServiceMaker.Cluster, "eu", "eu-1"), KnownNamespaces = ["bench"], Seed = 1 },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        _routes =
        [
            .. Enumerable.Range(0, Math.Min(InUse, services)).Select(i => i * (services / Math.Min(InUse, services)))
                .Select(i => (i, _router.GetRoute(_router.Match(new Uri($"http://{ServiceMaker.NameOf(i)}"))))),
        ];
    }

    /// <summary>What the catalog keeps of each endpoint, services and all, in bytes.</summary>
    public double BytesPerEndpoint { get; }

    public static async Task<ChangeBed> StartAsync(int endpoints, CancellationToken cancellationToken)
    {
        var services = endpoints / ServiceMaker.EndpointsPerService;
        var before = Kept();
        var source = new HeldSource(services);
        var options = new MeshCatalogOptions();
        options.Limits.MaxServicesPerCluster = Math.Max(services, options.Limits.MaxServicesPerCluster);
        var catalog = new MeshCatalog([source], options, TimeProvider.System, NullLoggerFactory.Instance);
        await catalog.StartAsync(cancellationToken);
        await catalog.WaitForSyncAsync(cancellationToken);
        var kept = Kept() - before;
        return new ChangeBed(source, catalog, services, kept / (double)endpoints);
    }

    /// <summary>Changes one endpoint and picks until the choice is made from a table that knows it; the time of both, in µs.</summary>
    public double Change()
    {
        var (service, route) = _routes[_generation % _routes.Length];
        var changed = ServiceMaker.Make(service, ++_generation);
        var expected = changed.Segments[0][0].Address;
        Pick(route);

        var begun = Stopwatch.GetTimestamp();
        _source.Sink.Upsert(ServiceMaker.Cluster, changed);
        Pick(route);
        var time = Stopwatch.GetElapsedTime(begun);

        // The first pick after the change must already choose from the new endpoints.
        if (!route.Table.Tiers.Any(t => t.Endpoints.Any(e => e.Address == expected)))
        {
            throw new InvalidOperationException($"{ServiceMaker.NameOf(service)} was changed to {expected}, and its table does not have it.");
        }

        return time.TotalMicroseconds;
    }

    public async ValueTask DisposeAsync()
    {
        _router.Dispose();
        await _catalog.DisposeAsync();
    }

    private static long Kept()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Pick(ServiceRoute route)
    {
        var attempts = default(RequestAttempts);
        route.Pick(ref attempts, default).Lease.Release();
    }
}
