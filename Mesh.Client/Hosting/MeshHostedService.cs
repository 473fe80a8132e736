using Mesh.Configuration;
using Mesh.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh.Hosting;

/// <summary>
/// Starts the catalog with the host, without holding the start up, and stops it with the host. A host makes its services before it checks options: what is made of options here waits
/// for the start, or the first mistake would hide all the others.
/// </summary>
internal sealed partial class MeshHostedService(IServiceProvider services, StartClock clock, IEnumerable<MeshSection> sections, ILogger<MeshHostedService> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private IMeshCatalog? _catalog;
    private MeshRouter? _router;
    private Task _announced = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var catalog = _catalog = services.GetRequiredService<IMeshCatalog>();

        // Asked for here, so that a policy which cannot be followed fails the start and not the first request.
        _router = services.GetRequiredService<MeshRouter>();
        clock.Start();
        MeshSection[] missing = [.. sections.Where(static s => !s.Exists)];
        foreach (var section in missing)
        {
            Log.NoSection(logger, section.Path);
        }

        Watch(services.GetRequiredService<ClientConditions>(), catalog, _router, missing.Length);

        if (services.GetRequiredService<IOptions<MeshOptions>>().Value.Locality.Cluster is null && catalog.Sources.Count > 0)
        {
            Log.NoOwnCluster(logger);
        }

        // A catalog that somebody put in its place (a test) runs itself.
        if (catalog is MeshCatalog own)
        {
            await own.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        _announced = AnnounceAsync(catalog);
    }

    // Before any server of the host begins to drain: a request that waits for a source must not hold that up.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _router?.EndWaits();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _router?.EndWaits();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _announced.ConfigureAwait(false);
        if (_catalog is MeshCatalog own)
        {
            await own.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Cancelled and not disposed, for it may be stopped afterwards: WebApplicationFactory and the application's own entry point both end the host. It holds nothing.
    public void Dispose() => _stopping.Cancel();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The own cluster may turn out by itself later (in-cluster credentials), whatever was said at the start.
    private static void Watch(ClientConditions conditions, IMeshCatalog catalog, MeshRouter router, int missingSections)
    {
        conditions.Watch("no_source", () => catalog.Sources.Count == 0 ? 1 : 0);
        conditions.Watch("no_section", () => missingSections);
        conditions.Watch("no_own_cluster", () => catalog.Sources.Count > 0 && router.Caller.Cluster.IsNone ? 1 : 0);
    }

    private async Task AnnounceAsync(IMeshCatalog catalog)
    {
        if (catalog.Sources.Count == 0)
        {
            Log.NoSources(logger);
            return;
        }

        try
        {
            await catalog.WaitForSyncAsync(_stopping.Token).ConfigureAwait(false);
            Log.Synced(logger, catalog.Sources.Count, clock.Elapsed.TotalSeconds);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was complete.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1304, LogLevel.Warning, "The configuration has no section '{Section}', which AddMeshRouting was given: the mesh has the defaults and what was said in code. Check the name and that the file is there.")]
        public static partial void NoSection(ILogger logger, string section);

        [LoggerMessage(1305, LogLevel.Warning, "It is not said in which cluster this process runs: no endpoint is preferred for being in the own cluster, and name.namespace.svc.cluster.local is not routed. Set Mesh:Locality:Cluster, or the environment variable MESH_CLUSTER, or call RunsIn(cluster: …).")]
        public static partial void NoOwnCluster(ILogger logger);

        [LoggerMessage(1302, LogLevel.Information, "The mesh is complete: {Sources} sources have delivered their first state, {Seconds:0.###} s after the start.")]
        public static partial void Synced(ILogger logger, int sources, double seconds);

        [LoggerMessage(1303, LogLevel.Warning, "The mesh has no source, so it knows no service: add one (AddKubernetesCluster, AddFile, Mesh:Clusters).")]
        public static partial void NoSources(ILogger logger);
    }
}
