using System.Diagnostics;
using k8s;
using k8s.Models;
using Mesh.Benchmarks.Clusters;

namespace Mesh.Benchmarks.P6;

/// <summary>The client library's own list and watch of the slices, kept in a dictionary: an endpoint is seen when its slice is there.</summary>
internal sealed class BareWatch(string kubeconfigPath) : ISliceWatch
{
    private readonly Kubernetes _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath));
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, V1EndpointSlice> _slices = [];
    private Task _watching = Task.CompletedTask;
    private volatile Wanted? _wanted;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var listed = await _client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(resourceVersion: "0", cancellationToken: cancellationToken);
        foreach (var slice in listed.Items) _slices[$"{slice.Metadata.NamespaceProperty}/{slice.Metadata.Name}"] = slice;
        _watching = WatchAsync(listed.Metadata.ResourceVersion);
    }

    public Task<long> WhenSeen(int service, EndpointAddress address)
    {
        var wanted = new Wanted($"{ClusterWriter.Namespace}/{ClusterWriter.SliceOf(service)}", address.ToString());
        _wanted = wanted;
        return wanted.Seen.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(string version)
    {
        var changes = _client.DiscoveryV1.WatchListEndpointSliceForAllNamespacesAsync(resourceVersion: version, cancellationToken: _stop.Token);
        await foreach (var (_, slice) in changes)
        {
            var key = $"{slice.Metadata.NamespaceProperty}/{slice.Metadata.Name}";
            _slices[key] = slice;
            if (_wanted is { } wanted && wanted.Slice == key && slice.Endpoints[0].Addresses[0] == wanted.Address) wanted.Seen.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    private sealed record Wanted(string Slice, string Address)
    {
        public TaskCompletionSource<long> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
