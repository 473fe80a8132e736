using System.Diagnostics.Metrics;
using Mesh;
using Mesh.Substitution;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Replaces what an application knows of services by what a test declares.</summary>
public static class MeshSubstitutionServiceCollectionExtensions
{
    /// <summary>
    /// Replaces every source of the application's mesh (clusters, files, hub) by services that the test declares: nothing is watched, no kubeconfig is needed, and what
    /// is wrong with the settings of clusters does not matter. All the rest of the mesh (policies, retries, telemetry) is the application's own.
    /// Before or after <c>AddMeshRouting</c>; the last call holds.
    /// </summary>
    /// <example><code>
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;().WithWebHostBuilder(web => web.ConfigureTestServices(
    ///     services => services.ReplaceMeshCatalog(c => c.Service("orders.sales", "http://127.0.0.1:5000"))));
    /// var catalog = factory.Services.GetRequiredService&lt;SubstituteCatalog&gt;();        // to change it while the application runs
    /// </code></example>
    /// <param name="services">The services of the application.</param>
    /// <param name="describe">Declares services.</param>
    /// <returns>The declarations, to be changed later.</returns>
    public static SubstituteCatalog ReplaceMeshCatalog(this IServiceCollection services, Action<SubstituteCatalog> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var catalog = new SubstituteCatalog();
        describe(catalog);
        services.ReplaceMeshCatalog(catalog);
        return catalog;
    }

    /// <inheritdoc cref="ReplaceMeshCatalog(IServiceCollection, Action{SubstituteCatalog})"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="catalog">The declarations. Several hosts may share them.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection ReplaceMeshCatalog(this IServiceCollection services, SubstituteCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(catalog);
        services.AddOptions<SubstitutedMeshOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SubstitutedMeshOptions>, SubstitutedMesh>());
        services.RemoveAll<SubstituteCatalog>();
        services.AddSingleton(catalog);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<MeshOptions>, SubstituteNamespaces>());
        services.RemoveAll<IMeshCatalog>();
        services.AddSingleton<IMeshCatalog>(Start);

        // A factory for this type in particular goes before the general one, whichever is registered first. Clusters' settings are still read, because their
        // namespaces count; but nobody connects by them, so nobody validates them.
        services.RemoveAll<IOptionsFactory<KubernetesClusterOptions>>();
        services.AddTransient<IOptionsFactory<KubernetesClusterOptions>>(static provider => new OptionsFactory<KubernetesClusterOptions>(
            provider.GetServices<IConfigureOptions<KubernetesClusterOptions>>(),
            provider.GetServices<IPostConfigureOptions<KubernetesClusterOptions>>()));
        return services;
    }

    private static MeshCatalog Start(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<MeshOptions>>().Value;
        var timeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var catalog = new MeshCatalog(
            [new SubstituteSource(services.GetRequiredService<SubstituteCatalog>(), options.Locality.Cluster ?? SubstituteCatalog.DefaultCluster, timeProvider)],
            new MeshCatalogOptions { InterestExpiry = options.InterestExpiry, Seed = options.Seed },
            timeProvider,
            services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            services.GetService<IMeterFactory>());

        // Also where there is no host to start it.
        _ = catalog.StartAsync(CancellationToken.None);
        return catalog;
    }
}
