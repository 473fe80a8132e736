using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Mesh.Connector;

/// <summary>Connectors and catalog of one process, with a folder for its state: what is gone when it ends, and what stays.</summary>
internal sealed class MeshProcess : IAsyncDisposable
{
    private static readonly ClusterId Alpha = new("alpha");

    private readonly FakeLogCollector _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly TestMesh _mesh;

    private MeshProcess(string folder, TimeSpan maxAge, TimeProvider? time, Action<IMeshBuilder> add)
    {
        _loggers = new LoggerFactory([new FakeLoggerProvider(_logs)]);
        _mesh = new TestMesh(time);
        _mesh.Services.AddSingleton<ILoggerFactory>(_loggers);
        add(_mesh);
        Catalog = new MeshCatalog(
            _mesh.Provider.GetServices<ICatalogSource>(), new MeshCatalogOptions { Seed = 1, StateDirectory = folder, MaxCachedAge = maxAge }, time ?? TimeProvider.System, _loggers);
    }

    public MeshCatalog Catalog { get; }

    public IReadOnlyList<FakeLogRecord> Logs => _logs.GetSnapshot();

    public ClusterSnapshot Cluster => Catalog.FindCluster(Alpha) ?? new ClusterSnapshot(Alpha);

    public bool IsLive => Cluster.Freshness == ClusterFreshness.Live;

    public string? Failure => Catalog.Sources.First().Failure;

    public static MeshProcess Start(string folder, string kubeconfig, Action<KubernetesClusterOptions>? configure = null, TimeProvider? time = null) => Start(
        folder,
        mesh => mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = kubeconfig;
            configure?.Invoke(o);
        }),
        time);

    public static MeshProcess Start(string folder, Action<IMeshBuilder> add, TimeProvider? time = null, TimeSpan? maxAge = null)
    {
        var process = new MeshProcess(folder, maxAge ?? TimeSpan.FromHours(1), time, add);
        process.Catalog.StartAsync().IsCompletedSuccessfully.ShouldBeTrue();
        return process;
    }

    public bool Has(string service) => Catalog.Find(new ServiceName("sales", service)).Cell.Current is not null;

    /// <summary>The addresses of a service of namespace sales; <see langword="null"/> where it is not known.</summary>
    public string? Addresses(string service) => Catalog.Find(new ServiceName("sales", service)).Cell.Current is { } found
        ? string.Join(',', found.Endpoints.ToArray().Select(static e => e.Address.ToString()).Order(StringComparer.Ordinal))
        : null;

    public Task UntilAsync(Func<bool> condition) => Until.TrueAsync(
        condition, () => $"{Cluster}; {string.Join(", ", Catalog.Services)}\n{string.Join('\n', Logs.Select(static l => l.Message))}");

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        await _mesh.DisposeAsync();
        _loggers.Dispose();
    }
}
