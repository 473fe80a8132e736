using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Mesh.Catalog;

/// <summary>A running catalog of sources that a test moves by hand, on a clock that it turns.</summary>
internal sealed class TestCatalog : IAsyncDisposable
{
    private readonly FakeLogCollector _logs = new();
    private readonly LoggerFactory _loggers;

    private TestCatalog(ICatalogSource[] sources, MeshCatalogOptions options)
    {
        _loggers = new LoggerFactory([new FakeLoggerProvider(_logs)]);
        Catalog = new MeshCatalog(sources, options, Clock, _loggers);
    }

    public static ClusterId Alpha { get; } = new("alpha");

    public static ClusterId Beta { get; } = new("beta");

    public static ServiceName Orders { get; } = new("sales", "orders");

    public static ServiceName Carts { get; } = new("sales", "carts");

    public MeshCatalog Catalog { get; }

    public TurnedClock Clock { get; } = new();

    public IReadOnlyList<FakeLogRecord> Logs => _logs.GetSnapshot();

    /// <summary>One that does not run yet.</summary>
    public static TestCatalog Of(MeshCatalogOptions options, params ICatalogSource[] sources) => new(sources, options);

    public static Task<TestCatalog> StartAsync(params ICatalogSource[] sources) => StartAsync(new MeshCatalogOptions { Seed = 1 }, sources);

    /// <summary>Starts it; each <see cref="HandSource"/> runs when it returns, with cluster alpha said to be live.</summary>
    public static async Task<TestCatalog> StartAsync(MeshCatalogOptions options, params ICatalogSource[] sources)
    {
        var test = new TestCatalog(sources, options);
        await test.Catalog.StartAsync(TestContext.Current.CancellationToken);
        foreach (var source in sources.OfType<HandSource>())
        {
            await Until.TrueAsync(() => source.Runs == 1);
            source.Sink.SetCluster(Live(Alpha));
        }

        return test;
    }

    public static ClusterSnapshot Live(ClusterId cluster) => new(cluster) { Freshness = ClusterFreshness.Live };

    /// <summary>The service in cluster alpha with one port 80 and these endpoints, such as <c>10.0.0.1</c>.</summary>
    public static ServiceContribution Service(ServiceName service, params string[] addresses) => Service(service, Alpha, addresses);

    public static ServiceContribution Service(ServiceName service, ClusterId cluster, params string[] addresses) => new(service)
    {
        Ports = [new ServicePort("", 80)],
        Segments = [Segment(cluster, "s", addresses)],
    };

    public static EndpointSegment Segment(ClusterId cluster, string slice, params string[] addresses)
    {
        var segment = new EndpointSegmentBuilder(cluster, slice, [new EndpointPort("", 8080)]);
        foreach (var address in addresses)
        {
            segment.Add(new EndpointDescription(EndpointAddress.TryParse(address, out var parsed) ? parsed : throw new FormatException(address)));
        }

        return segment.Build();
    }

    public ServiceCell Cell(ServiceName service) => Catalog.Find(service).Cell;

    /// <summary>The service's endpoints now, written <c>alpha 10.0.0.1</c>; none where it is not known.</summary>
    public string[] Endpoints(ServiceName service) => Written(Cell(service).Current);

    public static string[] Written(ServiceSnapshot? snapshot) =>
        snapshot is null ? [] : Array.ConvertAll(snapshot.Endpoints.ToArray(), static e => $"{e.Cluster} {e.Address}");

    /// <summary>How often an event was logged.</summary>
    public int Logged(int id) => Logs.Count(r => r.Id.Id == id);

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        _loggers.Dispose();
    }
}
