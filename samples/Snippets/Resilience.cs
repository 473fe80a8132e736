using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;

namespace Snippets;

/// <summary>The mesh inside of a resilience pipeline: one of the two retries.</summary>
internal static class Resilience
{
    public static void MeshRetries(HostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient("orders")
            .AddStandardResilienceHandler(o => o.Retry.ShouldHandle = static _ => ValueTask.FromResult(false));
    }

    public static void PipelineRetries(HostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient("orders")
            .ConfigureMeshRouting(p => p.MaxRetries = 0)
            .AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods());
    }
}
