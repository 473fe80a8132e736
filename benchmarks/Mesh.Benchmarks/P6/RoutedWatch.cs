using System.Diagnostics;
using Mesh.Benchmarks.Clusters;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.P6;

/// <summary>The connector, its catalog and a router: an endpoint is seen when a pick has chosen from a table that has it.</summary>
internal sealed class RoutedWatch(string kubeconfigPath) : ISliceWatch
{
    private readonly MeshCatalog _catalog = ConnectedCatalog.Create(kubeconfigPath);
    private readonly Dictionary<int, ServiceRoute> _routes = [];
    private MeshRouter? _router;
    private IDisposable? _subscription;
    private volatile Wanted? _wanted;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _router = new MeshRouter(
            _catalog,
            new MeshRouterOptions { Caller = new Locality(new ClusterId("alpha"), null, "eu-1"), KnownNamespaces = [ClusterWriter.Namespace], Seed = 1 },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await _catalog.StartAsync(cancellationToken);
        await _catalog.WaitForSyncAsync(cancellationToken);
        _subscription = _catalog.Subscribe(_ => Look());
    }

    public Task<long> WhenSeen(int service, EndpointAddress address)
    {
        if (!_routes.TryGetValue(service, out var route))
        {
            route = _routes[service] = _router!.GetRoute(_router.Match(new Uri($"http://{ClusterWriter.NameOf(service)}.{ClusterWriter.Namespace}/")));
        }

        var wanted = new Wanted(route, address);
        _wanted = wanted;
        return wanted.Seen.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        _router?.Dispose();
        await _catalog.DisposeAsync();
    }

    // On the catalog's notice: one hop later than a request that happens to come would see it.
    private void Look()
    {
        if (_wanted is not { } wanted) return;
        var attempts = default(RequestAttempts);
        wanted.Route.Pick(ref attempts, default).Lease.Release();
        if (!wanted.Route.Table.Tiers.Any(t => t.Endpoints.Any(e => e.Address == wanted.Address))) return;
        wanted.Seen.TrySetResult(Stopwatch.GetTimestamp());
    }

    private sealed record Wanted(ServiceRoute Route, EndpointAddress Address)
    {
        public TaskCompletionSource<long> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
