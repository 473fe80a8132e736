using Mesh;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Snippets;

/// <summary>Service discovery beside and through the mesh.</summary>
internal static class Discovery
{
    public static void Added(HostApplicationBuilder builder)
    {
        builder.Services.AddMeshRouting(builder.Configuration.GetSection("Mesh"));
        builder.Services.AddServiceDiscovery().AddMeshServiceEndpointProvider();
    }

    public static void Proxied(WebApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .AddServiceDiscoveryDestinationResolver();
    }

    public static void WithHostNames(HostApplicationBuilder builder)
    {
        builder.Services.AddMeshServiceEndpointProvider(o => o.ShouldApplyHostNameMetadata = _ => true);
    }
}
