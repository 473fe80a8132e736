using Mesh;
using Mesh.Clients;

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
        return Configure(builder, options => configure(options.Policy));
    }

    /// <summary>
    /// Sets how this client connects to services (certificates, credentials, pool), over what holds for all clients (<c>services.Configure&lt;MeshTransportOptions&gt;</c>). Clients with
    /// equal settings share their connections.
    /// </summary>
    public static IHttpClientBuilder ConfigureTransport(this IHttpClientBuilder builder, Action<MeshTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Configure(builder, options => options.Transport.Add(configure));
    }

    private static IHttpClientBuilder Configure(IHttpClientBuilder builder, Action<MeshClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // The defaults' builder has no name, which means all, and puts its registrations before those of named clients.
        builder.Services.AddSingleton<Options.IConfigureOptions<MeshClientOptions>>(new Options.ConfigureNamedOptions<MeshClientOptions>(builder.Name, configure));
        if (builder.Name is not null)
        {
            builder.Services.AddOptions<MeshClientOptions>(builder.Name).ValidateOnStart();
        }

        return builder;
    }
}
