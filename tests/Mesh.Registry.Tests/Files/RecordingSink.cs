using System.Collections.Immutable;
using System.Threading.Channels;

namespace Mesh.Files;

/// <summary>A sink that remembers; every call can be awaited.</summary>
internal sealed class RecordingSink : ICatalogSink, IServiceInterest
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    public Dictionary<ClusterId, ClusterSnapshot> Clusters { get; } = [];

    public Dictionary<(ClusterId, ServiceName), ServiceContribution> Services { get; } = [];

    public string? Failure { get; private set; }

    public int Failures { get; private set; }

    public IServiceInterest Interest => this;

    public ImmutableHashSet<ServiceName> Current => [];

    public async Task<string> NextAsync(string call)
    {
        while (true)
        {
            var next = await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            if (next == call)
            {
                return next;
            }
        }
    }

    public void SetCluster(ClusterSnapshot cluster) => Clusters[cluster.Cluster] = cluster;

    public void RemoveCluster(ClusterId cluster)
    {
        Clusters.Remove(cluster);
        Clear(cluster);
    }

    public void Reset(ClusterId cluster, IReadOnlyCollection<ServiceContribution> services)
    {
        Clear(cluster);
        foreach (var service in services)
        {
            Services[(cluster, service.Service)] = service;
        }
    }

    public void Upsert(ClusterId cluster, ServiceContribution service) => Services[(cluster, service.Service)] = service;

    public void Remove(ClusterId cluster, ServiceName service) => Services.Remove((cluster, service));

    public void MarkSynced() => _calls.Writer.TryWrite("synced");

    public void ReportFailure(string? message)
    {
        Failure = message;
        Failures += message is null ? 0 : 1;
        _calls.Writer.TryWrite(message is null ? "ok" : "failure");
    }

    public void ReportProblem(CatalogProblem problem)
    {
    }

    public void ClearProblem(ClusterId cluster, string subject)
    {
    }

    public ValueTask<ImmutableHashSet<ServiceName>> WaitForChangeAsync(ImmutableHashSet<ServiceName> known, CancellationToken cancellationToken) => new(Current);

    private void Clear(ClusterId cluster)
    {
        foreach (var key in Services.Keys.Where(k => k.Item1 == cluster).ToList())
        {
            Services.Remove(key);
        }
    }
}
