using System.Runtime.CompilerServices;
using Mesh.Apps;
using Mesh.Sending;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mesh;

/// <summary>
/// An app of a <see cref="MeshFixture"/>: a host of its own, with its own services, that reaches services through the mesh as seen from its place.
/// </summary>
public sealed class FixtureApp : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MeshFixture _fixture;
    private readonly IHost _host;
    private readonly LogKeeper _logs;
    private readonly FixtureSender _sender;
    private int _disposed;

    private FixtureApp(MeshFixture fixture, NetworkPlace place, string name, IHost host, LogKeeper logs)
    {
        (_fixture, Place, Name, _host, _logs) = (fixture, place, name, host, logs);
        HttpClient = Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        Catalog = Services.GetRequiredService<IMeshCatalog>();
        _sender = new FixtureSender(HttpClient);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where it runs.</summary>
    public NetworkPlace Place { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>A client that reaches services by name.</summary>
    public HttpClient HttpClient { get; }

    /// <summary>What it knows of the clusters.</summary>
    public IMeshCatalog Catalog { get; }

    /// <summary>What it logged, the newest two thousand lines from level Information on.</summary>
    public IReadOnlyCollection<FixtureLogEntry> Logs => _logs.Entries;

    /// <summary>What a request would do and why.</summary>
    public RouteExplanation Explain(string authorityOrUrl) => Services.GetRequiredService<IMesh>().Explain(authorityOrUrl);

    /// <summary>The way that its own connections to one node's pods take.</summary>
    public NetworkLink LinkTo(string cluster, string node) => _fixture.Network.Link(Name, _fixture[cluster].Place(node));

    /// <summary>Sends GET requests, some at a time, and says what became of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="url">Where to, such as <c>http://orders.sales</c>.</param>
    /// <param name="atOnce">How many are under way at once. Default: 4.</param>
    /// <param name="configure">Changes each request. Default: nothing.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public async Task<SendResults> SendAsync(
        int count, string url, int atOnce = 4, Action<HttpRequestMessage>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(atOnce);
        var results = new SendResult[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, count)).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                results[i] = await _sender.SendAsync(url, configure, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
        return new SendResults(results);
    }

    /// <summary>Starts to send GET requests steadily.</summary>
    /// <param name="urls">Where to, in turn.</param>
    /// <param name="workers">How many are under way at once, at most. Default: 4.</param>
    /// <param name="pause">How long each worker waits after an answer. Default: 5 ms.</param>
    public FixtureLoad StartLoad(IReadOnlyList<string> urls, int workers = 4, TimeSpan? pause = null) =>
        new(_sender, urls, workers, pause ?? TimeSpan.FromMilliseconds(5));

    /// <summary>Waits until every source has delivered its first state.</summary>
    /// <exception cref="MeshAssertionException">It did not within a minute; the message shows what it knows.</exception>
    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => WaitUntilAsync(() => Catalog.IsSynced, cancellationToken);

    /// <summary>Waits until it knows a cluster this well.</summary>
    /// <exception cref="MeshAssertionException">It did not within a minute.</exception>
    public Task WaitForFreshnessAsync(string cluster, ClusterFreshness freshness, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(() => FreshnessOf(cluster) == freshness, cancellationToken, $"{cluster} {freshness}");

    /// <summary>Waits until the endpoints it knows of a service in a cluster are the cluster's pods of it, and no others.</summary>
    /// <exception cref="MeshAssertionException">They were not within a minute.</exception>
    public Task WaitForPodsAsync(string service, string cluster, CancellationToken cancellationToken = default) => WaitUntilAsync(
        () => Endpoints(service, cluster).ToHashSet(StringComparer.Ordinal).SetEquals(_fixture[cluster].Pods(service).Select(pod => pod.Address.ToString())),
        cancellationToken,
        $"the pods of {service} in {cluster}: {string.Join(", ", _fixture[cluster].Pods(service))}");

    /// <summary>The addresses it knows of a service now, of one cluster or of all.</summary>
    public IReadOnlyList<string> Endpoints(string service, string? cluster = null)
    {
        var addresses = new List<string>();
        if (Catalog.Find(ServiceName.Parse(service)).Cell.Current is not { } snapshot) return addresses;
        foreach (var endpoint in snapshot.Endpoints)
        {
            if (cluster is null || endpoint.Cluster.Name == cluster) addresses.Add(endpoint.Address.ToString());
        }

        return addresses;
    }

    /// <summary>How well it knows a cluster now; <see langword="null"/> where it knows nothing of it.</summary>
    public ClusterFreshness? FreshnessOf(string cluster) => Catalog.FindCluster(new ClusterId(cluster))?.Freshness;

    /// <summary>Waits for a condition; it is asked again every few milliseconds of the system's clock.</summary>
    /// <exception cref="MeshAssertionException">It did not hold within a minute; the message shows what the app knows and logged.</exception>
    public async Task WaitUntilAsync(
        Func<bool> condition, CancellationToken cancellationToken = default, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new MeshAssertionException($"{Name}: not within {Patience.TotalSeconds:0} s: {what}{Environment.NewLine}{Describe()}");
        }
    }

    /// <summary>What it knows of clusters, sources and problems, and its last warnings, for people.</summary>
    public string Describe() => AppReport.Write(Catalog, Logs);

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        HttpClient.Dispose();
        await _host.StopAsync().ConfigureAwait(false);
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
    }

    internal static FixtureApp Start(MeshFixture fixture, FixtureCluster? cluster, string? node, FixtureAppOptions options)
    {
        var place = cluster?.Place(node) ?? new NetworkPlace("", null, MeshFixtureBuilder.SharedNetwork);
        if (options.Network is { } network) place = place with { Network = network };
        var logs = new LogKeeper();
        var host = FixtureHost.Build(fixture, cluster, place, options, logs);
        try
        {
            // The mesh never holds a start up; what is wrong with the options is thrown here.
            host.Start();
            return new FixtureApp(fixture, place, options.Name!, host, logs);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
