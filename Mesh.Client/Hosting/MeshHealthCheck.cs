using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Mesh.Hosting;

/// <summary>Whether the process can route: see <c>AddMeshRouting</c> on the health checks builder.</summary>
internal sealed class MeshHealthCheck(IMeshCatalog catalog, IOptions<MeshOptions> options, StartClock clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var sources = catalog.Sources;
        var stale = catalog.Clusters.Where(static c => c.Freshness == ClusterFreshness.Stale).ToList();
        var missing = sources.Where(static s => s is { IsSynced: false, RestoredFrom: null }).ToList();
        var troubles = missing.Select(static s => $"{s.Name} has not delivered its first state{Because(s.Failure)}")
            .Concat(sources.Where(static s => (s.IsSynced || s.RestoredFrom is not null) && s.Failure is not null).Select(static s => $"{s.Name} is not working now{Because(s.Failure)}"))
            .Concat(stale.Select(c => $"cluster '{c.Cluster}' has been out of touch since {c.Since:u}, its last known state is used{Because(sources.Any(s => s.Failure == c.Detail) ? null : c.Detail)}"))
            .ToList();
        if (sources.Count == 0)
        {
            troubles.Add("the mesh has no source, so it knows no service: add one (AddKubernetesCluster, AddFile, Mesh:Clusters)");
        }

        return Task.FromResult(new HealthCheckResult(
            troubles.Count == 0 ? HealthStatus.Healthy : IsUnready(sources.Count, missing.Count) ? context.Registration.FailureStatus : HealthStatus.Degraded,
            troubles.Count == 0 ? sources.Count == 1 ? "The source has delivered." : $"{sources.Count} sources have delivered." : string.Join("; ", troubles) + ".",
            data: sources.ToDictionary(static s => s.Name, static s => (object)(s.Failure ?? (s.IsSynced ? "synced" : s.RestoredFrom is { } asOf ? $"works from its state of {asOf:u}, kept from before the start" : "waiting for its first state")))));
    }

    // Not ready while the first state may still come; afterwards only where there is nothing at all to route by. One unreachable cluster must not keep an application out of
    // service for ever when the others can serve.
    private bool IsUnready(int sources, int missing) => missing > 0 && (missing == sources || clock.Elapsed < options.Value.InitialSyncTimeout);

    private static string Because(string? detail) => detail is null ? "" : $": {detail.TrimEnd('.')}";
}
