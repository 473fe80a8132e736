using Mesh;
using Mesh.Configuration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mesh to an application.</summary>
public static class MeshServiceCollectionExtensions
{
    /// <summary>
    /// Adds the mesh: every <see cref="HttpClient"/> of the factory reaches services by name; other hosts pass through untouched. Calling it again adds to what is there.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">The configuration section, usually <c>Mesh</c> (docs/schemas/mesh-appsettings.schema.json). A key that is no setting is refused at start, by name.</param>
    /// <returns>The mesh, to add sources and more to.</returns>
    public static IMeshBuilder AddMeshRouting(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = new MeshBuilder(services);
        MeshServices.Add(builder);
        MeshServices.Bind(builder, section);
        return builder;
    }

    /// <inheritdoc cref="AddMeshRouting(IServiceCollection, IConfigurationSection)"/>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Adds sources and says where the process runs.</param>
    public static IMeshBuilder AddMeshRouting(this IServiceCollection services, Action<IMeshBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new MeshBuilder(services);
        MeshServices.Add(builder);
        configure(builder);
        return builder;
    }

    /// <summary>Adds an algorithm that policies name in <see cref="ServicePolicyOptions.LoadBalancing"/>.</summary>
    /// <param name="builder">The mesh.</param>
    /// <param name="name">Its name. One of the same name that was added before is replaced.</param>
    /// <param name="picker">Makes it, once.</param>
    public static IMeshBuilder AddPicker(this IMeshBuilder builder, string name, Func<IServiceProvider, EndpointPicker> picker)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(picker);
        builder.Services.AddSingleton(new Mesh.Clients.PickerRegistration(name, picker));
        return builder;
    }
}
