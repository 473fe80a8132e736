using System.Globalization;
using Mesh.Fixture;

namespace Mesh;

/// <summary>Declares a world of clusters, nodes and services for <see cref="MeshFixture.StartAsync(Action{MeshFixtureBuilder}, CancellationToken)"/>. What is wrong is refused at once.</summary>
public sealed class MeshFixtureBuilder
{
    /// <summary>The network of clusters that name none: they reach each other's pods.</summary>
    public const string SharedNetwork = "mesh";

    /// <summary>The node that every cluster has.</summary>
    public const string FirstNode = "n1";

    private readonly List<ClusterPlan> _clusters = [];
    private readonly List<ServicePlan> _services = [];

    internal IReadOnlyList<ClusterPlan> Clusters => _clusters;

    internal IReadOnlyList<ServicePlan> Services => _services;

    /// <summary>What makes the API servers of clusters that name no provider. Default: simulated ones.</summary>
    public IClusterProvider Provider { get; set; } = new SimulatedClusterProvider();

    /// <summary>The clock of the world: of backends and links, not of its apps, which have their own. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The seed of everything drawn by lot, in the world and in its apps. Default: environment variable <c>MESH_TEST_SEED</c>, else 1.</summary>
    public int Seed { get; set; } =
        int.TryParse(Environment.GetEnvironmentVariable("MESH_TEST_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <summary>Where the fixture says what it does, a line each, the seed among it. Default: nowhere.</summary>
    public Action<string>? Output { get; set; }

    /// <summary>Adds a cluster with one node, <c>n1</c>.</summary>
    /// <param name="name">Its name, a DNS label.</param>
    /// <param name="region">Its region. Default: none.</param>
    /// <param name="zone">The zone of its nodes that name none. Default: none.</param>
    /// <param name="network">The network its pods are in. Default: one that all share. Clusters in different networks use the same pod addresses, as many do.</param>
    /// <param name="provider">What makes its API server. Default: <see cref="Provider"/>.</param>
    /// <exception cref="FormatException">A name is not a DNS label.</exception>
    /// <exception cref="ArgumentException">There is such a cluster already.</exception>
    public MeshFixtureBuilder Cluster(string name, string? region = null, string? zone = null, string network = SharedNetwork, IClusterProvider? provider = null)
    {
        DnsLabel.Require(name, "cluster");
        if (_clusters.Exists(c => c.Name == name)) throw new ArgumentException($"There is a cluster '{name}' already.", nameof(name));
        var cluster = new ClusterPlan(name, region, zone, DnsLabel.Require(network, "network"), provider);
        cluster.Nodes.Add(new NodePlan(FirstNode, zone));
        _clusters.Add(cluster);
        return this;
    }

    /// <summary>Adds a node to the cluster declared last.</summary>
    /// <param name="name">Its name, a DNS label.</param>
    /// <param name="zone">Its zone. Default: the cluster's.</param>
    /// <exception cref="InvalidOperationException">No cluster was declared before.</exception>
    /// <exception cref="ArgumentException">The cluster has such a node already.</exception>
    public MeshFixtureBuilder Node(string name, string? zone = null)
    {
        DnsLabel.Require(name, "node");
        var cluster = _clusters.LastOrDefault() ?? throw new InvalidOperationException($"Declare a cluster before its node '{name}'.");
        if (cluster.Nodes.Exists(n => n.Name == name)) throw new ArgumentException($"Cluster '{cluster.Name}' has a node '{name}' already.", nameof(name));
        cluster.Nodes.Add(new NodePlan(name, zone ?? cluster.Zone));
        return this;
    }

    /// <summary>
    /// Gives the cluster declared last gateways, by which it is reached from other networks. Apps then have an identity to show them, unless told otherwise
    /// (<see cref="FixtureAppOptions.HasIdentity"/>).
    /// </summary>
    /// <param name="count">How many, each an address. Default: 1; at most 16.</param>
    /// <exception cref="InvalidOperationException">No cluster was declared before.</exception>
    public MeshFixtureBuilder Gateway(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 16);
        var cluster = _clusters.LastOrDefault() ?? throw new InvalidOperationException("Declare a cluster before its gateway.");
        cluster.Gateways = count;
        return this;
    }

    /// <summary>Adds a service to clusters, its pods spread over their nodes.</summary>
    /// <param name="name">Its name, such as <c>orders.sales</c>.</param>
    /// <param name="replicas">How many pods each cluster has of it, 0 or more. Default: 1.</param>
    /// <param name="clusters">The clusters that have it. Default: all.</param>
    /// <param name="configure">Its further settings. Default: none.</param>
    /// <exception cref="FormatException">The name is not a service's.</exception>
    /// <exception cref="ArgumentException">There is such a service already.</exception>
    public MeshFixtureBuilder Service(string name, int replicas = 1, IReadOnlyCollection<string>? clusters = null, Action<FixtureServiceOptions>? configure = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        var service = ServiceName.Parse(name);
        if (_services.Exists(s => s.Name == service)) throw new ArgumentException($"There is a service '{name}' already.", nameof(name));
        var options = new FixtureServiceOptions();
        configure?.Invoke(options);
        _services.Add(new ServicePlan(service, replicas, clusters, options));
        return this;
    }

    /// <exception cref="InvalidOperationException">Something declared does not exist, or a provider is not available here.</exception>
    internal void Check()
    {
        if (_clusters.Count == 0) throw new InvalidOperationException("A world needs a cluster: m => m.Cluster(\"alpha\", …).");
        foreach (var service in _services)
        {
            foreach (var cluster in service.Clusters ?? [])
            {
                if (_clusters.TrueForAll(c => c.Name != cluster))
                    throw new InvalidOperationException($"Service '{service.Name}' is declared for cluster '{cluster}', which is not: there are {string.Join(", ", _clusters.Select(c => c.Name))}.");
            }
        }

        foreach (var cluster in _clusters)
        {
            if ((cluster.Provider ?? Provider).UnavailableReason is { } reason) throw new InvalidOperationException($"Cluster '{cluster.Name}': {reason}");
        }
    }
}
