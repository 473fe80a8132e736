using Mesh;
using Mesh.Discovery;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mesh to service discovery.</summary>
public static class MeshServiceDiscoveryExtensions
{
    /// <summary>
    /// Adds the mesh of the application (<c>AddMeshRouting</c>) as a provider of endpoints: <c>http://orders.sales</c>, <c>https+http://orders.sales</c> and <c>http://_grpc.orders.sales</c>
    /// resolve to the nearest endpoints that can be dialled and are well, and again when that changes. What a provider added before it answers, the configuration for one, holds; names that are no
    /// service of the mesh, and services without an endpoint to name, are left to those after it.
    /// </summary>
    /// <remarks>A client of <see cref="IHttpClientFactory"/> needs none of it: the mesh's own handler chooses for each request, by health and load, and goes through gateways.</remarks>
    /// <param name="services">The services of the application.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddMeshServiceEndpointProvider(this IServiceCollection services) => services.AddMeshServiceEndpointProvider(static _ => { });

    /// <inheritdoc cref="AddMeshServiceEndpointProvider(IServiceCollection)"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Says how endpoints are described.</param>
    public static IServiceCollection AddMeshServiceEndpointProvider(this IServiceCollection services, Action<MeshServiceEndpointProviderOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddServiceDiscoveryCore();
        services.AddMetrics();
        services.Configure(configure);
        services.TryAddSingleton<DiscoveryMetrics>();
        services.TryAddSingleton<DiscoveryContext>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceEndpointProviderFactory, MeshEndpointProviderFactory>());
        return services;
    }
}
