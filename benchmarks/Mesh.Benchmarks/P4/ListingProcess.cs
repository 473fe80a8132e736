using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using k8s;
using Mesh.Benchmarks.Clusters;

namespace Mesh.Benchmarks.P4;

/// <summary>A process that reads a cluster once cold and some times warm, by the connector or by the client library's typed lists, and says what that cost.</summary>
internal static class ListingProcess
{
    public const string Mesh = "mesh";
    public const string Typed = "typed";

    private const int WarmRounds = 5;

    /// <param name="arguments">Which, the kubeconfig, and how many endpoints there are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Measured> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (kind, kubeconfigPath, endpoints) = (arguments[0], arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture));
        Func<Task<object>> read = kind == Mesh ? () => ReadByMeshAsync(kubeconfigPath, endpoints, cancellationToken) : () => ReadByTypeAsync(kubeconfigPath, endpoints, cancellationToken);

        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var kept = await read();
        var time = Stopwatch.GetElapsedTime(began);
        var used = Environment.CpuUsage.TotalTime - cpu;
        var compiler = JitInfo.GetCompilationTime();

        // Buffers go back and tasks end.
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        var megabytes = (GC.GetTotalMemory(forceFullCollection: true) - heap) / 1e6;
        GC.KeepAlive(kept);

        var (warmTimes, warmCpus) = (new List<double>(), new List<double>());
        for (var i = 0; i < WarmRounds; i++)
        {
            if (kept is IAsyncDisposable ended) await ended.DisposeAsync();
            kept = null;
            GC.Collect();
            cpu = Environment.CpuUsage.TotalTime;
            began = Stopwatch.GetTimestamp();
            kept = await read();
            warmTimes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            warmCpus.Add((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
        }

        GC.KeepAlive(kept);
        return new Measured(time.TotalMilliseconds, used.TotalMilliseconds, compiler.TotalMilliseconds, megabytes, warmTimes.Order().ElementAt(WarmRounds / 2), warmCpus.Order().ElementAt(WarmRounds / 2));
    }

    private static async Task<object> ReadByMeshAsync(string kubeconfigPath, int endpoints, CancellationToken cancellationToken)
    {
        var catalog = ConnectedCatalog.Create(kubeconfigPath);
        await catalog.StartAsync(cancellationToken);
        await catalog.WaitForSyncAsync(cancellationToken);
        Check(catalog.Services.Sum(static s => s.EndpointCount), endpoints);
        return catalog;
    }

    private static async Task<object> ReadByTypeAsync(string kubeconfigPath, int endpoints, CancellationToken cancellationToken)
    {
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath));
        var services = client.CoreV1.ListServiceForAllNamespacesAsync(resourceVersion: "0", cancellationToken: cancellationToken);
        var slices = client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(resourceVersion: "0", cancellationToken: cancellationToken);
        var nodes = client.CoreV1.ListNodeAsync(resourceVersion: "0", cancellationToken: cancellationToken);
        await Task.WhenAll(services, slices, nodes);
        var kept = (services.Result, slices.Result, nodes.Result);
        Check(kept.Item2.Items.Sum(static s => s.Endpoints?.Count ?? 0), endpoints);
        return kept;
    }

    private static void Check(int found, int expected)
    {
        if (found != expected) throw new InvalidOperationException($"{found} endpoints of {expected}.");
    }
}
