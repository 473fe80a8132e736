using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Benchmarks.P8;

/// <summary>A folder with the state that a process kept of a cluster, and a kubeconfig that leads to a server which is down.</summary>
internal sealed class KeptStateFolder : IDisposable
{
    public const string Cluster = "alpha";
    public const string Service = "orders.sales";
    public const string Kubeconfig = "kubeconfig";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-p8-");

    private KeptStateFolder()
    {
    }

    public string Path => _folder.FullName;

    public long StateBytes => _folder.EnumerateFiles("*.state").Sum(static f => f.Length);

    /// <summary>Runs a catalog that is told of the cluster, and ends it.</summary>
    /// <param name="services">How many there are.</param>
    /// <param name="endpoints">How many endpoints each has.</param>
    /// <param name="port">Where the one that is called answers, on loopback.</param>
    /// <param name="deadPort">A port that refuses connections.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<KeptStateFolder> WriteAsync(int services, int endpoints, int port, int deadPort, CancellationToken cancellationToken)
    {
        var folder = new KeptStateFolder();
        await File.WriteAllTextAsync(
            System.IO.Path.Combine(folder.Path, Kubeconfig),
            string.Create(CultureInfo.InvariantCulture, $$"""
            current-context: down
            contexts: [ { name: down, context: { cluster: down, user: down } } ]
            clusters: [ { name: down, cluster: { server: "https://127.0.0.1:{{deadPort}}" } } ]
            users: [ { name: down, user: { token: t } } ]
            """),
            cancellationToken);
        var source = new DeliveringSource([.. Enumerable.Range(0, services).Select(i => i == 0 ? Called(port) : Other(i, endpoints))]);
        await using var catalog = new MeshCatalog([source], new MeshCatalogOptions { StateDirectory = folder.Path }, TimeProvider.System, NullLoggerFactory.Instance);
        await catalog.StartAsync(cancellationToken);
        await catalog.WaitForSyncAsync(cancellationToken);
        return folder;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ServiceContribution Called(int port) => Contribution(ServiceName.Parse(Service), port, [EndpointAddress.Parse("127.0.0.1")]);

    private static ServiceContribution Other(int number, int endpoints) => Contribution(
        new ServiceName($"team-{number % 100}", $"service-{number}"),
        8080,
        [.. Enumerable.Range(number * endpoints, endpoints).Select(static i => EndpointAddress.FromIPv4(0x0a000000u + (uint)i + 1))]);

    private static ServiceContribution Contribution(ServiceName name, int port, EndpointAddress[] addresses)
    {
        var segment = new EndpointSegmentBuilder(new ClusterId(Cluster), $"{name.Name}-x7k2p", [new EndpointPort("http", port)], addresses.Length);
        foreach (var address in addresses)
        {
            var node = (int)(address.IPv4Bits % 200);
            segment.Add(new EndpointDescription(address)
            {
                Region = "eu",
                Zone = $"eu-{node % 3}",
                Node = $"node-{node}",
                TargetUid = new Guid((int)address.IPv4Bits, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]),
            });
        }

        return new ServiceContribution(name) { Ports = [new ServicePort("http", 80)], Segments = [segment.Build()], ResourceVersion = string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + (addresses[0].IPv4Bits % 1_000_000)}") };

    }

    /// <summary>Named as the connector of the cluster is, which takes its state up.</summary>
    private sealed class DeliveringSource(ServiceContribution[] services) : ICatalogSource
    {
        public string Name => $"kubernetes/{Cluster}";

        public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
        {
            var cluster = new ClusterSnapshot(new ClusterId(Cluster)) { Freshness = ClusterFreshness.Live, Uid = "7d0c2a9e" };
            sink.Restore(cluster, "");
            sink.SetCluster(cluster);
            sink.Reset(cluster.Cluster, services);
            sink.MarkSynced();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }
}
