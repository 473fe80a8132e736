using System.Collections.Concurrent;
using Mesh.Catalog;
using Mesh.Validation;
using Microsoft.Extensions.Logging;

namespace Mesh.Supervision;

/// <summary>One source's way into the catalog, and all that it brought. One writer at a time; sources do not wait for each other.</summary>
internal sealed partial class SourceSink(int place, ICatalogSource source, CatalogCore core, Action synced) : ICatalogSink
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ClusterId, ClusterShare> _shares = new();
    private readonly ConcurrentDictionary<ServiceName, byte>? _answered = source.IsOnDemand ? new() : null;
    private readonly ProblemList _ownProblems = new(source.Name, default, core.Options.Limits.MaxProblemsPerCluster);
    private volatile bool _isSynced;
    private volatile string? _reported;
    private volatile string? _ended;

    public ICatalogSource Source => source;

    public CatalogSourceStatus Status => new(source.Name, _isSynced, _reported ?? _ended) { RestoredFrom = RestoredFrom };

    public bool IsSynced => _isSynced;

    /// <summary>Whether its first state has not come, nothing went wrong so far and nothing is known from before the start.</summary>
    public bool IsConnecting => !_isSynced && _reported is null && _ended is null && _restoredFrom is null;

    public IServiceInterest Interest => core.Interest;

    public int ProblemCount => _ownProblems.Count + _shares.Values.Sum(static s => s.Problems.Count);

    /// <summary>Whether it has not yet said whether it has the service.</summary>
    public bool IsPending(CatalogCell cell) => !_isSynced || (_answered is not null && cell.IsOfInterest && !_answered.ContainsKey(cell.Name));

    public void AddProblems(List<CatalogProblem> list)
    {
        _ownProblems.AddTo(list);
        foreach (var (_, share) in _shares)
        {
            share.Problems.AddTo(list);
        }
    }

    /// <summary>Says that nobody asks for the service any more: the next one who does waits for a new answer.</summary>
    public void ForgetAnswer(ServiceName service) => _answered?.TryRemove(service, out _);

    /// <summary>Says that the source's run ended although it should not have.</summary>
    public void Ended(string message)
    {
        _ended = message;
        Interlocked.Increment(ref _failures);
        core.SourcesChanged();
    }

    public void SetCluster(ClusterSnapshot cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        if (cluster.Cluster.IsNone)
        {
            throw new ArgumentException($"Source {source.Name} describes a cluster without a name.", nameof(cluster));
        }

        Works();
        lock (_lock)
        {
            var share = AddShare(cluster.Cluster);
            share.IsStateUnused &= cluster.Freshness != ClusterFreshness.Live;
            var previous = core.Clusters.Set(place, cluster);
            if (previous != cluster)
            {
                core.Claims.SetCluster(source.Name, cluster);
                if (cluster.Freshness == ClusterFreshness.Live)
                {
                    share.Kept?.Changed();
                }

                LogFreshness(share, previous, cluster);
                core.Notices.StateChanged();
            }
        }
    }

    public void RemoveCluster(ClusterId cluster)
    {
        Works();
        lock (_lock)
        {
            if (_shares.TryRemove(cluster, out var share))
            {
                _restoredFrom = null;
                foreach (var (_, cell) in share.Services)
                {
                    cell.Set(source.Name, cluster, null);
                }

                core.Clusters.Remove(place, cluster);
                core.Claims.RemoveCluster(source.Name, cluster);
                Log.ClusterRemoved(core.Logger, source.Name, cluster, share.Services.Count);
                core.Notices.StateChanged();
            }
        }
    }

    public void Reset(ClusterId cluster, IReadOnlyCollection<ServiceContribution> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Works();
        lock (_lock)
        {
            var share = ShareOf(cluster);
            _restoredFrom = null;
            if (share.Problems.Forget())
            {
                core.Notices.StateChanged();
            }

            var named = new HashSet<ServiceName>(services.Count);
            var twice = new HashSet<ServiceName>();
            foreach (var service in services)
            {
                if (!named.Add(service.Service))
                {
                    twice.Add(service.Service);
                }
            }

            // Room is made by what goes; it goes last all the same, so that nobody finds a service missing that only moved.
            var leaving = share.Services.Keys.Where(name => !named.Contains(name)).ToList();
            var room = core.Options.Limits.MaxServicesPerCluster - (share.Services.Count - leaving.Count);
            foreach (var service in services)
            {
                if (twice.Contains(service.Service))
                {
                    Quarantine(share, service.Service, "It was brought twice in one state; bring each service once.");
                }
                else
                {
                    Accept(share, service, ref room);
                }
            }

            foreach (var name in leaving)
            {
                Withdraw(share, name);
            }

            share.Kept?.Changed();
        }
    }

    public void Upsert(ClusterId cluster, ServiceContribution service)
    {
        ArgumentNullException.ThrowIfNull(service);
        Works();
        lock (_lock)
        {
            var share = ShareOf(cluster);
            var room = core.Options.Limits.MaxServicesPerCluster - share.Services.Count;
            if (Accept(share, service, ref room) && share.Problems.Count > 0 && share.Problems.Clear(Subject(service.Service)))
            {
                core.Notices.StateChanged();
            }

            share.Kept?.Changed();
        }
    }

    public void Remove(ClusterId cluster, ServiceName service)
    {
        Works();
        lock (_lock)
        {
            if (_shares.TryGetValue(cluster, out var share))
            {
                Withdraw(share, service);
                share.Problems.Clear(Subject(service));
                share.Kept?.Changed();
            }

            // An on-demand source that tidies up after an interest ended has not answered the next one's question.
            if (_answered is not null && core.Interest.Current.Contains(service))
            {
                Answered(core.Cells.GetOrAdd(service));
            }
        }
    }

    public void MarkSynced()
    {
        Works();
        lock (_lock)
        {
            if (_isSynced)
            {
                return;
            }

            _isSynced = true;
        }

        Log.Synced(core.Logger, source.Name);
        synced();
        core.SourcesChanged();
    }

    private int MaxProblems => core.Options.Limits.MaxProblemsPerCluster;

    private static string Subject(ServiceName service) => $"service {DnsLabel.Printable(service.ToString())}";

    private ClusterShare AddShare(ClusterId cluster) => _shares.GetOrAdd(
        cluster,
        static (id, sink) => new ClusterShare(id, new ProblemList(sink.Source.Name, id, sink.MaxProblems)),
        this);

    private ClusterShare ShareOf(ClusterId cluster) =>
        _shares.TryGetValue(cluster, out var share)
            ? share
            : throw new InvalidOperationException($"Source {source.Name} brings services of cluster '{cluster}' without saying what that is: call SetCluster first.");

    // What is wrong stays outside and what was there before stays: one bad object must not take a service away.
    private bool Accept(ClusterShare share, ServiceContribution service, ref int room)
    {
        if (service.Ports.IsDefault || service.Segments.IsDefault)
        {
            service = service with { Ports = service.Ports.IsDefault ? [] : service.Ports, Segments = service.Segments.IsDefault ? [] : service.Segments };
        }

        var isNew = !share.Services.TryGetValue(service.Service, out var cell);
        var error = ContributionValidator.Check(share.Cluster, service, core.Options.Limits);
        if (error is null && isNew && room <= 0)
        {
            error = $"The cluster has more services than the {core.Options.Limits.MaxServicesPerCluster} allowed (MaxServicesPerCluster).";
        }

        if (error is not null)
        {
            Quarantine(share, service.Service, error);
            return false;
        }

        service = KeepWithin(share, service);
        if (isNew)
        {
            cell = core.Cells.GetOrAdd(service.Service);
            core.Cells.RememberNamespace(service.Service.Namespace);
            share.Services.Add(service.Service, cell);
            room--;
        }

        cell!.Set(source.Name, share.Cluster, service);
        Answered(cell);
        return true;
    }

    private void Withdraw(ClusterShare share, ServiceName service)
    {
        if (share.Services.Remove(service, out var cell))
        {
            cell.Set(source.Name, share.Cluster, null);
            ForgetOutside(share, service);
            Answered(cell);
        }
    }

    private void Answered(CatalogCell cell)
    {
        if (_answered?.TryAdd(cell.Name, 0) == true)
        {
            cell.Answer();
        }
    }

    // A sign of life ends what the supervisor said of the last run's end.
    private void Works()
    {
        if (_ended is not null && Interlocked.Exchange(ref _ended, null) is not null)
        {
            if (_reported is null)
            {
                Log.Recovered(core.Logger, source.Name);
            }

            core.SourcesChanged();
        }
    }
}
