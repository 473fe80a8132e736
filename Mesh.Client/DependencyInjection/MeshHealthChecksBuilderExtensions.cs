using Mesh.Configuration;
using Mesh.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mesh to an application's health checks.</summary>
public static class MeshHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a readiness check of the mesh. Its description names what is missing and why.
    /// <list type="bullet">
    /// <item><b>Unhealthy</b> (<paramref name="failureStatus"/>): a source has not delivered its first state, and either <see cref="Mesh.MeshOptions.InitialSyncTimeout"/> has not passed since the
    /// start (it may be about to) or no source has delivered at all.</item>
    /// <item><b>Degraded</b>: there is something to route by, but a source is missing after that time, is not working now, or a cluster's state is stale. Traffic flows; in ASP.NET Core this
    /// answers 200, so one unreachable cluster does not take the application out of service.</item>
    /// <item><b>Healthy</b>: every source has delivered and works.</item>
    /// </list>
    /// For readiness, not liveness: a restart heals none of it.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name. Default <c>mesh</c>.</param>
    /// <param name="failureStatus">What is reported instead of unhealthy; <see langword="null"/> (the default) for unhealthy.</param>
    /// <param name="tags">Tags to choose checks by. Default: <c>ready</c>.</param>
    public static IHealthChecksBuilder AddMeshRouting(this IHealthChecksBuilder builder, string name = "mesh", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        MeshUses.Add(builder.Services, "AddHealthChecks().AddMeshRouting()");
        return builder.AddCheck<MeshHealthCheck>(name, failureStatus, tags ?? ["ready"]);
    }
}
