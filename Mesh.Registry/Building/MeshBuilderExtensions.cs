using Mesh;
using Mesh.Building;
using Mesh.Files;
using Mesh.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What every mesh can be told, whatever its sources.</summary>
public static class MeshBuilderExtensions
{
    /// <summary>Says where this process runs. What is left out comes from the configuration or the environment.</summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="cluster">The own cluster, a DNS label.</param>
    /// <param name="region">The own region.</param>
    /// <param name="zone">The own zone.</param>
    /// <param name="node">The own node.</param>
    /// <param name="namespace">The own namespace: what bare host names mean.</param>
    /// <param name="network">The network the process is in, where its own cluster does not say.</param>
    public static IMeshBuilder RunsIn(
        this IMeshBuilder builder,
        string? cluster = null,
        string? region = null,
        string? zone = null,
        string? node = null,
        string? @namespace = null,
        string? network = null) =>
        builder.Configure(options =>
        {
            options.Locality.Cluster = cluster ?? options.Locality.Cluster;
            options.Locality.Region = region ?? options.Locality.Region;
            options.Locality.Zone = zone ?? options.Locality.Zone;
            options.Locality.Node = node ?? options.Locality.Node;
            options.Locality.Namespace = @namespace ?? options.Locality.Namespace;
            options.Locality.Network = network ?? options.Locality.Network;
        });

    /// <summary>Sets options in code; after the configuration section, in the order of the calls.</summary>
    public static IMeshBuilder Configure(this IMeshBuilder builder, Action<MeshOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>
    /// Adds a catalog file (JSON; docs/catalog-file.md), followed while running. Hosts of the namespaces that it has at the start are services of the mesh from the first request on.
    /// Adding the same file again does no harm.
    /// </summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="path">The file. It need not exist yet: it is taken up when it appears.</param>
    public static IMeshBuilder AddFile(this IMeshBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = new FileRegistration(Path.GetFullPath(path));
        if (builder.Services.Any(s => file.Equals(s.ImplementationInstance)))
        {
            return builder;
        }

        builder.Services.AddSingleton(file);

        // What is wrong with the file is told by the source, which reads it again.
        builder.AddNamespaces(_ => new CatalogFileLoader(file.FullPath, TimeProvider.System).Load().Content?.Namespaces ?? []);
        return builder.AddSource(services => new FileCatalogSource(path, services.GetService<TimeProvider>()));
    }

    /// <summary>Adds services said in code; hosts of their namespaces are services of the mesh from the first request on. To change them while running, make a <see cref="MemoryCatalogSource"/> and pass it to <see cref="AddSource"/>.</summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="describe">Says clusters and services.</param>
    /// <param name="name">The source's name, unique in the mesh.</param>
    public static IMeshBuilder AddMemory(this IMeshBuilder builder, Action<MemoryCatalogSource> describe, string name = "memory")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(describe);

        // The key is this call's own: its namespaces are asked of it before it is a source.
        var key = new object();
        builder.Services.AddKeyedSingleton(key, (services, _) =>
        {
            var source = new MemoryCatalogSource(name, services.GetService<TimeProvider>());
            describe(source);
            return source;
        });
        builder.AddNamespaces(services => services.GetRequiredKeyedService<MemoryCatalogSource>(key).Namespaces);
        return builder.AddSource(services => services.GetRequiredKeyedService<MemoryCatalogSource>(key));
    }

    /// <summary>Adds a source of your own. Its <see cref="ICatalogSource.Name"/> must be unique in the mesh.</summary>
    public static IMeshBuilder AddSource(this IMeshBuilder builder, Func<IServiceProvider, ICatalogSource> source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(source);
        return builder;
    }

    /// <summary>
    /// Registers what validates <see cref="MeshOptions"/> and completes them from the environment. <c>AddMeshRouting</c> calls it; calling it again does
    /// no harm.
    /// </summary>
    public static IMeshBuilder AddMeshOptions(this IMeshBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions();
        builder.Services.TryAddSingleton<IMeshEnvironment, ProcessEnvironment>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<MeshOptions>, LocalityFromEnvironment>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshOptions>, MeshOptionsValidator>());
        return builder;
    }

    private static void AddNamespaces(this IMeshBuilder builder, Func<IServiceProvider, IEnumerable<string>> read) =>
        builder.Services.AddSingleton<IPostConfigureOptions<MeshOptions>>(services => new SourceNamespaces(() => read(services)));
}
