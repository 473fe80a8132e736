using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>How an app of a <see cref="MeshFixture"/> is made.</summary>
public sealed class FixtureAppOptions
{
    private readonly List<Action<IMeshBuilder>> _mesh = [];
    private readonly List<Action<IServiceCollection>> _services = [];
    private readonly Dictionary<string, Action<KubernetesClusterOptions>> _clusters = new(StringComparer.Ordinal);

    /// <summary>Its name in the network and in messages. Default: <c>app-1</c>, <c>app-2</c> …</summary>
    public string? Name { get; set; }

    /// <summary>Its clock: of routing, health, freshness and time limits. Default: the system's, whatever the world's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The clusters it watches. Default: all.</summary>
    public IReadOnlyCollection<string>? Watches { get; set; }

    /// <summary>The identity it shows the API servers. Default: <c>admin</c>.</summary>
    public string Identity { get; set; } = "admin";

    /// <summary>The network it is in. Default: its cluster's; outside of every cluster the one that clusters share.</summary>
    public string? Network { get; set; }

    /// <summary>Whether it has an identity to show gateways, by the fixture's authority. Default: yes, where any cluster has a gateway.</summary>
    public bool HasIdentity { get; set; } = true;

    internal IEnumerable<Action<IMeshBuilder>> MeshActions => _mesh;

    internal IEnumerable<Action<IServiceCollection>> ServiceActions => _services;

    /// <summary>Configures the mesh as the application does: more sources, policies, pickers.</summary>
    public FixtureAppOptions ConfigureMesh(Action<IMeshBuilder> configure)
    {
        _mesh.Add(configure);
        return this;
    }

    /// <summary>Registers more services, after everything else.</summary>
    public FixtureAppOptions ConfigureServices(Action<IServiceCollection> configure)
    {
        _services.Add(configure);
        return this;
    }

    /// <summary>Changes how it watches one cluster, such as its kubeconfig.</summary>
    public FixtureAppOptions ConfigureCluster(string name, Action<KubernetesClusterOptions> configure)
    {
        _clusters[name] = _clusters.TryGetValue(name, out var earlier) ? earlier + configure : configure;
        return this;
    }

    internal Action<KubernetesClusterOptions>? ClusterAction(string name) => _clusters.GetValueOrDefault(name);
}
