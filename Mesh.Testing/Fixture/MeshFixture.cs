using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Mesh.Fixture;

namespace Mesh;

/// <summary>
/// A world of clusters for a test or a demonstration: API servers, nodes, services whose pods really answer, a network between them whose links can fail, and apps that see it
/// from a chosen place. Needs no test framework. Disposing ends everything.
/// </summary>
public sealed class MeshFixture : IAsyncDisposable
{
    private readonly Dictionary<string, FixtureCluster> _clusters = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<ServicePlan> _services;
    private readonly ConcurrentBag<FixtureApp> _apps = [];
    private readonly Lazy<TestCertificateAuthority> _authority = new(static () => new TestCertificateAuthority("mesh fixture ca"));
    private readonly Lazy<string> _folder = new(() => Directory.CreateTempSubdirectory("mesh-fixture-").FullName);
    private int _files;
    private int _appNumber;
    private int _disposed;

    private MeshFixture(MeshFixtureBuilder builder)
    {
        _services = builder.Services;
        TimeProvider = builder.TimeProvider;
        Seed = builder.Seed;
        Network = new VirtualNetwork(builder.TimeProvider);
    }

    /// <summary>The trust domain of every identity in the world.</summary>
    public const string TrustDomain = "mesh.test";

    /// <summary>The authority that issues the identities of gateways and apps.</summary>
    public TestCertificateAuthority Authority => _authority.Value;

    /// <summary>The network between everything.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>The seed of everything drawn by lot.</summary>
    public int Seed { get; }

    /// <summary>The clock of backends and links.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Its clusters, in the order they were declared.</summary>
    public IReadOnlyCollection<FixtureCluster> Clusters => _clusters.Values;

    /// <summary>The services declared.</summary>
    public IReadOnlyList<ServiceName> Services => [.. _services.Select(service => service.Name)];

    /// <summary>One of its clusters.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public FixtureCluster this[string cluster] =>
        _clusters.TryGetValue(cluster, out var found)
            ? found
            : throw new ArgumentException($"There is no cluster '{cluster}': there are {string.Join(", ", _clusters.Keys)}.", nameof(cluster));

    /// <summary>Makes a world and returns when every API server shows it.</summary>
    /// <exception cref="InvalidOperationException">What was declared contradicts itself, or needs what this machine has not; the message says what.</exception>
    public static async Task<MeshFixture> StartAsync(Action<MeshFixtureBuilder> declare, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(declare);
        var builder = new MeshFixtureBuilder();
        declare(builder);
        builder.Check();
        var started = Stopwatch.GetTimestamp();
        var fixture = new MeshFixture(builder);
        try
        {
            await fixture.StartAsync(builder, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await fixture.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var pods = fixture.Clusters.Sum(cluster => cluster.Pods().Count);
        builder.Output?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{fixture._clusters.Count} clusters ({string.Join(", ", fixture.Clusters.Select(c => $"{c.Name} {c.ApiServer.Server.Version}"))}), {pods} pods in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms; seed {fixture.Seed}"));
        return fixture;
    }

    /// <summary>The way that connections opened in one cluster to pods of another take. Each direction has faults of its own; openings the other way take another link.</summary>
    public NetworkLink Link(string fromCluster, string toCluster) => Network.Link(this[fromCluster].Name, this[toCluster].Name);

    /// <summary>An identity in the world's trust domain: <c>spiffe://mesh.test/cluster/beta/ingress</c>.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="role">The role in it, such as <c>ingress</c>.</param>
    public static string IdentityOf(string cluster, string role) => $"spiffe://{TrustDomain}/cluster/{cluster}/{role}";

    /// <summary>Starts an app, a process of its own in all but name, that reaches services through the mesh as seen from this place.</summary>
    /// <param name="cluster">The cluster it runs in; <see langword="null"/> = in none.</param>
    /// <param name="node">The node it runs on. Default: not said.</param>
    /// <param name="configure">Its further settings. Default: none.</param>
    public FixtureApp App(string? cluster = null, string? node = null, Action<FixtureAppOptions>? configure = null)
    {
        var options = new FixtureAppOptions();
        configure?.Invoke(options);
        options.Name ??= string.Create(CultureInfo.InvariantCulture, $"app-{Interlocked.Increment(ref _appNumber)}");
        var app = FixtureApp.Start(this, cluster is null ? null : this[cluster], node, options);
        _apps.Add(app);
        return app;
    }

    /// <summary>Ends apps, pods and API servers, and takes every trace of them away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var app in _apps) await app.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_clusters.Values.Select(cluster => cluster.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Network.DisposeAsync().ConfigureAwait(false);
        if (_authority.IsValueCreated) _authority.Value.Dispose();
        if (_folder.IsValueCreated) Directory.Delete(_folder.Value, recursive: true);
    }

    internal ServicePlan Plan(string service)
    {
        var name = ServiceName.Parse(service);
        return _services.FirstOrDefault(plan => plan.Name == name)
            ?? throw new ArgumentException($"No service '{service}' was declared: there are {string.Join(", ", _services.Select(plan => plan.Name))}.", nameof(service));
    }

    internal string WriteFile(string name, string text)
    {
        var path = Path.Combine(_folder.Value, name);

        // In one step: another app may be reading what is there.
        var next = $"{path}.{Interlocked.Increment(ref _files)}";
        File.WriteAllText(next, text);
        File.Move(next, path, overwrite: true);
        return path;
    }

    private async Task StartAsync(MeshFixtureBuilder builder, CancellationToken cancellationToken)
    {
        var inNetwork = new Dictionary<string, int>(StringComparer.Ordinal);
        var gateways = 0;
        var starting = new List<Task<FixtureCluster>>();
        foreach (var plan in builder.Clusters)
        {
            var index = inNetwork.GetValueOrDefault(plan.Network);
            inNetwork[plan.Network] = index + 1;
            starting.Add(StartAsync(plan, plan.Provider ?? builder.Provider, index, gateways, cancellationToken));
            gateways += plan.Gateways;
        }

        try
        {
            await Task.WhenAll(starting).ConfigureAwait(false);
        }
        finally
        {
            // Also when another one failed: who runs has to be ended.
            foreach (var task in starting.Where(task => task.IsCompletedSuccessfully)) _clusters[task.Result.Name] = task.Result;
        }

        await Task.WhenAll(_clusters.Values.Select(cluster => cluster.PopulateAsync(
            [.. _services.Where(service => service.Clusters?.Contains(cluster.Name) != false)], cancellationToken))).ConfigureAwait(false);
    }

    private async Task<FixtureCluster> StartAsync(ClusterPlan plan, IClusterProvider provider, int index, int firstGateway, CancellationToken cancellationToken)
    {
        var server = await provider.StartAsync(plan.Name, cancellationToken).ConfigureAwait(false);
        return new FixtureCluster(this, plan, new PodAddresses(index), firstGateway, server);
    }
}
