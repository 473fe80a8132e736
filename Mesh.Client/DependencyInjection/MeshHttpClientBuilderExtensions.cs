using Mesh;
using Mesh.Clients;
using Mesh.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What one client of the factory is told about the mesh.</summary>
public static class MeshHttpClientBuilderExtensions
{
    /// <summary>
    /// Sets this client's own policy, field by field before every other: <c>p.Mode = RoutingMode.Failover</c>; <c>p.Enabled = false</c> leaves the mesh out. On the builder of
    /// <c>ConfigureHttpClientDefaults</c> it is the default of all clients, which each may override whatever the order of the calls. Wrong values are reported at start.
    /// </summary>
    public static IHttpClientBuilder ConfigureMeshRouting(this IHttpClientBuilder builder, Action<ServicePolicyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Configure(builder, nameof(ConfigureMeshRouting), options => configure(options.Policy));
    }

    /// <summary>
    /// Sets how this client connects to services (certificates, credentials, pool), over what holds for all clients (<c>services.Configure&lt;MeshTransportOptions&gt;</c>). Clients with
    /// equal settings share their connections.
    /// </summary>
    public static IHttpClientBuilder ConfigureTransport(this IHttpClientBuilder builder, Action<MeshTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Configure(builder, nameof(ConfigureTransport), options => options.Transport.Add(configure));
    }

    private static IHttpClientBuilder Configure(IHttpClientBuilder builder, string call, Action<MeshClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        MeshUses.Add(services, string.IsNullOrEmpty(builder.Name) ? call : $"Client '{builder.Name}', {call}");
        var change = ServiceDescriptor.Singleton<IConfigureOptions<MeshClientOptions>>(new ConfigureNamedOptions<MeshClientOptions>(builder.Name, configure));
        if (builder.Name is not null)
        {
            services.Add(change);
            services.AddOptions<MeshClientOptions>(builder.Name).ValidateOnStart();
            return builder;
        }

        // The builder of the defaults has no name, which means all clients. It goes before what named clients were told, so that they override it.
        var named = 0;
        while (named < services.Count && services[named].ImplementationInstance is not ConfigureNamedOptions<MeshClientOptions> { Name: not null })
        {
            named++;
        }

        services.Insert(named, change);
        return builder;
    }
}
