using System.Security.Cryptography;
using k8s;
using Mesh.Connector;
using Mesh.Watch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh.Connection;

/// <summary>Registers a cluster's connector.</summary>
internal static class KubernetesClusterServices
{
    public static IMeshBuilder Add(IMeshBuilder builder, string name, string? setting, Kubernetes? client, Action<KubernetesClusterOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClusterClaims>();
        services.TryAddSingleton<KubernetesMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesClusterOptions>, KubernetesClusterOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshOptions>, PodCidrOverlaps>());
        var isFirst = !services.Any(d => d.ImplementationInstance is KubernetesClusterRegistration known && known.Name == name);
        services.AddSingleton(new KubernetesClusterRegistration(name, setting ?? $"Mesh:Clusters:{name}", client is not null));
        var options = services.AddOptions<KubernetesClusterOptions>(name).ValidateOnStart();
        if (configure is not null) options.Configure(configure);

        // A second one of the same name is an error, which the validator names; two sources would hide it behind another.
        if (!isFirst) return builder;
        services.AddOptions<MeshOptions>().PostConfigure<IServiceProvider>((mesh, provider) =>
        {
            var cluster = ReadUnchecked(provider, name);
            AddNamespaces(mesh, cluster);

            // Known before the source runs: what the process is in need not wait for an API server. What was said, also by the environment, came before and stands.
            if (client is null && ConfiguredConnection.UsesPod(cluster)) mesh.Locality.Cluster ??= name;
        });
        services.AddSingleton<ICatalogSource>(provider => CreateSource(provider, name, client));
        return builder;
    }

    // Without validation, which would throw while the mesh's own options are made: one wrong cluster would hide what is wrong with all the rest.
    private static KubernetesClusterOptions ReadUnchecked(IServiceProvider provider, string name) => new OptionsFactory<KubernetesClusterOptions>(
        provider.GetServices<IConfigureOptions<KubernetesClusterOptions>>(),
        provider.GetServices<IPostConfigureOptions<KubernetesClusterOptions>>()).Create(name);

    // Hosts "name.namespace" of namespaces that somebody watches are services of the mesh.
    private static void AddNamespaces(MeshOptions mesh, KubernetesClusterOptions cluster)
    {
        var named = cluster.Namespaces.Where(static n => DnsLabel.IsValid(n)).Concat(cluster.Services.Select(static s => ServiceName.TryParse(s, out var service) ? service.Namespace : null).OfType<string>());
        var missing = named.Except(mesh.Namespaces, StringComparer.Ordinal).ToList();
        if (missing.Count > 0) mesh.Namespaces = [.. mesh.Namespaces, .. missing];
    }

    private static KubernetesCatalogSource CreateSource(IServiceProvider provider, string name, Kubernetes? client)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<KubernetesClusterOptions>>().Get(name);
        var time = provider.GetRequiredService<TimeProvider>();
        var mesh = provider.GetRequiredService<IOptions<MeshOptions>>().Value;
        var seed = mesh.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        IConnectionSource source = client is null ? new ConfiguredConnection(options, time) : new ExistingConnection(client);
        var isOwn = mesh.Locality.Cluster is { } own ? own == name : source.IsOwn;
        var context = new ConnectorContext(
            $"kubernetes/{name}",
            new ClusterId(name),
            isOwn ? mesh.Locality.Node : null,
            options,
            WatchTimings.Default with { RequestTimeout = options.RequestTimeout, MaxObjectBytes = options.MaxObjectBytes, MaxObjects = options.MaxObjects, MaxListBytes = options.MaxListBytes },
            provider.GetRequiredService<KubernetesMetrics>(),
            time,

            // Each connector its own sequence, also where all have one seed: they must not return as one.
            new Random(seed ^ Sequence(name)));
        return new KubernetesCatalogSource(context, source, provider.GetRequiredService<ClusterClaims>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger<KubernetesCatalogSource>());
    }

    private static int Sequence(string name) => name.Aggregate(17, static (sum, c) => unchecked((sum * 31) + c));
}
