using System.Diagnostics.Metrics;
using Mesh.Clients;
using Mesh.Forking;
using Mesh.Hosting;
using Mesh.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>What <c>AddMeshRouting</c> registers, once however often it is called.</summary>
internal static class MeshServices
{
    public static void Add(IMeshBuilder builder)
    {
        var services = builder.Services;
        builder.AddMeshOptions();
        services.TryAddSingleton<MeshAdded>();
        services.AddHttpClient();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MeshOptions>().ValidateOnStart();
        services.AddOptions<MeshTransportOptions>().ValidateOnStart();
        StartValidator.Register(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshOptions>, PickerNames>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshOptions>, IdentityValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshTransportOptions>, MeshTransportOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshClientOptions>, MeshClientOptionsValidator>());
        services.TryAddSingleton<PickerSet>();
        services.TryAddSingleton<ClientDirectory>();
        services.TryAddSingleton<ClientNames>();
        services.TryAddSingleton<MeshRequests>();
        services.TryAddSingleton(CreateCatalog);
        services.TryAddSingleton(CreateRouter);
        services.TryAddSingleton<IMesh, MeshService>();
        services.TryAddSingleton<SectionFollower>();
        services.TryAddSingleton<StartClock>();
        services.TryAddSingleton<ClientConditions>();
        services.AddHostedService<MeshHostedService>();
        if (!services.Any(static s => s.ImplementationType == typeof(MeshHandlerFilter)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, MeshHandlerFilter>());
        }
    }

    public static void Bind(IMeshBuilder builder, IConfigurationSection section)
    {
        var services = builder.Services;
        if (services.Any(s => (s.ImplementationInstance as MeshSection)?.Path == section.Path))
        {
            return;
        }

        var given = new MeshSection(section);
        services.AddSingleton(given);
        services.AddSingleton<IValidateOptions<MeshOptions>>(given);
        services.Configure<MeshOptions>(options => SectionReading.Of(section).BindTo(options));
        ClusterSections.Bind(builder, section.GetSection("Clusters"));
    }

    private static IMeshCatalog CreateCatalog(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<MeshOptions>>().Value;
        return new MeshCatalog(
            services.GetServices<ICatalogSource>(),
            new MeshCatalogOptions
            {
                InterestExpiry = options.InterestExpiry,
                StateDirectory = options.StateDirectory,
                MaxCachedAge = options.MaxCachedAge,
                Seed = options.Seed,
                OwnCluster = options.Locality.Cluster is { } own ? new ClusterId(own) : default,
            },
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>(),
            services.GetRequiredService<IMeterFactory>());
    }

    private static MeshRouter CreateRouter(IServiceProvider services)
    {
        var router = new MeshRouter(
            services.GetRequiredService<IMeshCatalog>(),
            RouterOptions.From(services.GetRequiredService<IOptions<MeshOptions>>().Value),
            services.GetRequiredService<PickerSet>().Create(services),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>(),
            services.GetRequiredService<IMeterFactory>());
        services.GetRequiredService<SectionFollower>().Follow(router);
        return router;
    }
}
