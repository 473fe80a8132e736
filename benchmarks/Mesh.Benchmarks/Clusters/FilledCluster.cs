namespace Mesh.Benchmarks.Clusters;

/// <summary>A real API server, and services in it.</summary>
internal sealed class FilledCluster : IAsyncDisposable
{
    private const int Writers = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-bench-");
    private readonly ClusterWriter _writer;
    private int _services;

    private FilledCluster(RealKubernetesServer server)
    {
        Server = server;
        KubeconfigPath = Path.Combine(_folder.FullName, "kubeconfig");
        File.WriteAllText(KubeconfigPath, server.GetKubeconfig());
        _writer = new ClusterWriter(KubeconfigPath);
    }

    public RealKubernetesServer Server { get; }

    public string KubeconfigPath { get; }

    public int Endpoints => _services * ClusterWriter.EndpointsPerService;

    public static async Task<FilledCluster> StartAsync(RealClusterOptions options, CancellationToken cancellationToken)
    {
        var provider = RealClusterProvider.ForVersion("1.37").With(options with { ControllerManager = false });
        if (provider.UnavailableReason is { } reason) throw new InvalidOperationException(reason);
        var cluster = new FilledCluster(await provider.StartAsync("alpha", cancellationToken));
        await cluster._writer.AddNamespaceAsync(cancellationToken);
        return cluster;
    }

    /// <summary>Adds services until there are so many, several at a time.</summary>
    public async Task GrowAsync(int services, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(_services, services - _services),
            new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken },
            async (service, token) => await _writer.AddAsync(service, token));
        _services = services;
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
