using System.Collections.Concurrent;

namespace Mesh.Connector;

/// <summary>A catalog's entrance that writes down what comes in.</summary>
internal sealed class RecordingSink : ICatalogSink
{
    private readonly Lock _lock = new();
    private Dictionary<ServiceName, ServiceContribution> _services = [];

    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<ClusterSnapshot> Clusters { get; } = new();

    public ConcurrentQueue<string?> Failures { get; } = new();

    public ConcurrentDictionary<string, CatalogProblem> Problems { get; } = new(StringComparer.Ordinal);

    public bool IsSynced { get; private set; }

    public ClusterSnapshot Cluster => Clusters.Last();

    public string? Failure => Failures.LastOrDefault();

    public bool IsLive => Cluster.Freshness == ClusterFreshness.Live;

    public IServiceInterest Interest => throw new NotSupportedException();

    public IReadOnlyCollection<ServiceName> Services
    {
        get
        {
            lock (_lock) return _services.Keys.Order().ToArray();
        }
    }

    public ServiceContribution? Find(string service)
    {
        lock (_lock) return _services.GetValueOrDefault(ServiceName.Parse(service));
    }

    /// <summary>The endpoints of a service, as <c>address locality conditions</c>; empty where it is not there.</summary>
    public MeshEndpoint[] Endpoints(string service) =>
        Find(service) is { } found ? found.Segments.SelectMany(static s => Enumerable.Range(0, s.Count).Select(i => s[i])).ToArray() : [];

    public string Addresses(string service) => string.Join(' ', Endpoints(service).Select(static e => e.Address.ToString()).Order(StringComparer.Ordinal));

    public void SetCluster(ClusterSnapshot cluster)
    {
        Calls.Enqueue($"SetCluster {cluster.Freshness}");
        Clusters.Enqueue(cluster);
    }

    public void RemoveCluster(ClusterId cluster) => Calls.Enqueue("RemoveCluster");

    public void Reset(ClusterId cluster, IReadOnlyCollection<ServiceContribution> services)
    {
        Calls.Enqueue($"Reset {services.Count}");
        Problems.Clear();
        lock (_lock) _services = services.ToDictionary(static s => s.Service);
    }

    public void Upsert(ClusterId cluster, ServiceContribution service)
    {
        Calls.Enqueue($"Upsert {service.Service}");
        lock (_lock) _services[service.Service] = service;
    }

    public void Remove(ClusterId cluster, ServiceName service)
    {
        Calls.Enqueue($"Remove {service}");
        lock (_lock) _services.Remove(service);
    }

    public void MarkSynced() => IsSynced = true;

    public void ReportFailure(string? message) => Failures.Enqueue(message);

    public void ReportProblem(CatalogProblem problem)
    {
        Calls.Enqueue($"Problem {problem.Subject}");
        Problems[problem.Subject] = problem;
    }

    public void ClearProblem(ClusterId cluster, string subject)
    {
        Calls.Enqueue($"Clear {subject}");
        Problems.TryRemove(subject, out _);
    }
}
