using System.Collections.Immutable;
using Mesh.Merging;
using Mesh.Notices;

namespace Mesh.Catalog;

/// <summary>A service's cell: what each (source, cluster) contributes, merged anew and swapped when one of them changes.</summary>
internal sealed class CatalogCell : ServiceCell
{
    private readonly Lock _lock = new();
    private readonly CatalogCore _core;
    private ImmutableArray<ClusterContribution> _contributions = [];
    private ImmutableArray<CellSubscription> _subscriptions = [];
    private TaskCompletionSource? _changed;
    private bool _isDormant;
    private long _knownSince;
    private int _noticeQueued;
    private volatile bool _isOfInterest;

    public CatalogCell(ServiceName name, CatalogCore core)
        : base(name)
    {
        _core = core;

        // A cell that a source brought is not in use until somebody looks it up.
        TakeUsed();
    }

    /// <summary>Whether the interest set has it.</summary>
    public bool IsOfInterest
    {
        get => _isOfInterest;
        set => _isOfInterest = value;
    }

    /// <summary>When it was first or again known after it was not, by the clock's timestamp.</summary>
    public long KnownSince => Volatile.Read(ref _knownSince);

    /// <summary>What each (source, cluster) brought, as it brought it.</summary>
    public ImmutableArray<ClusterContribution> Contributions => _contributions;

    public ImmutableArray<CellSubscription> Subscriptions => _subscriptions;

    /// <summary>Replaces (or, with <see langword="null"/>, takes away) what one (source, cluster) contributes; <see langword="false"/> where nothing changes.</summary>
    public bool Set(string source, ClusterId cluster, ServiceContribution? contribution)
    {
        bool wasDormant;
        TaskCompletionSource? waiters;
        ServiceContribution? before;
        lock (_lock)
        {
            var index = IndexOf(source, cluster, out var place);
            if (contribution is null ? index < 0 : index >= 0 && _contributions[index].Service == contribution)
            {
                return false;
            }

            before = index < 0 ? null : _contributions[index].Service;
            _contributions = contribution is null
                ? _contributions.RemoveAt(index)
                : index >= 0
                    ? _contributions.SetItem(index, new ClusterContribution(source, cluster, contribution))
                    : _contributions.Insert(place, new ClusterContribution(source, cluster, contribution));
            var previous = Current;
            var next = _contributions.IsEmpty
                ? null
                : ServiceMerger.Merge(Name, _core.NextRevision(), _core.TimeProvider.GetUtcNow(), _contributions, previous);
            if (previous is null)
            {
                // Before it is published: whoever sees it known finds the time with it.
                Volatile.Write(ref _knownSince, _core.TimeProvider.GetTimestamp());
            }

            Publish(next);
            _core.Counts.Swapped(previous, next);
            waiters = _changed;
            _changed = null;
            wasDormant = _isDormant;
        }

        if (wasDormant)
        {
            _core.Cells.Promote(this);
        }

        waiters?.TrySetResult();
        _core.Notices.CellChanged(this);
        _core.Claims.Changed(this, source, cluster, before, contribution);
        return true;
    }

    /// <summary>Publishes the same anew: what its endpoints are good for has changed, and whoever laid something out from it is to look again.</summary>
    public void Republish()
    {
        lock (_lock)
        {
            if (Current is not { } current)
            {
                return;
            }

            Publish(ServiceMerger.Merge(Name, _core.NextRevision(), _core.TimeProvider.GetUtcNow(), _contributions, current));
        }

        _core.Notices.CellChanged(this);
    }

    /// <summary>What one (source, cluster) contributes, as it brought it; <see langword="null"/> where nothing.</summary>
    public ServiceContribution? ContributionOf(string source, ClusterId cluster)
    {
        lock (_lock)
        {
            var index = IndexOf(source, cluster, out _);
            return index < 0 ? null : _contributions[index].Service;
        }
    }

    /// <summary>Ends the waits for a change although the snapshot is as it was: what a source said made it absent.</summary>
    public void Answer()
    {
        TaskCompletionSource? waiters;
        lock (_lock)
        {
            waiters = _changed;
            _changed = null;
        }

        waiters?.TrySetResult();
    }

    /// <summary>Completes at the next change or answer.</summary>
    public Task WhenChanged()
    {
        lock (_lock)
        {
            return (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public override IDisposable OnChange(Action<ServiceCell> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var subscription = new CellSubscription(callback, Unsubscribe, _core.Notices.Failures);
        bool wasDormant;
        lock (_lock)
        {
            _subscriptions = _subscriptions.Add(subscription);
            wasDormant = _isDormant;
        }

        if (wasDormant)
        {
            _core.Cells.Promote(this);
        }

        return subscription;
    }

    public bool TryQueueNotice() => Interlocked.Exchange(ref _noticeQueued, 1) == 0;

    public void NoticeTaken() => Interlocked.Exchange(ref _noticeQueued, 0);

    /// <summary>Whether it was used since the last call.</summary>
    public bool TakeUse() => TakeUsed();

    /// <summary>Goes dormant where nobody contributes, listens or is interested: the directory then holds it weakly (who waits holds it).</summary>
    public bool TryGoDormant()
    {
        lock (_lock)
        {
            return _isDormant = _contributions.IsEmpty && _subscriptions.IsEmpty && !_isOfInterest;
        }
    }

    public void Awake()
    {
        lock (_lock)
        {
            _isDormant = false;
        }
    }

    private void Unsubscribe(Subscription<ServiceCell> subscription)
    {
        lock (_lock)
        {
            _subscriptions = _subscriptions.Remove((CellSubscription)subscription);
        }
    }

    private int IndexOf(string source, ClusterId cluster, out int place)
    {
        for (place = 0; place < _contributions.Length; place++)
        {
            var other = _contributions[place];
            var order = other.Cluster.CompareTo(cluster);
            order = order != 0 ? order : string.CompareOrdinal(other.Source, source);
            if (order >= 0)
            {
                return order == 0 ? place : -1;
            }
        }

        return -1;
    }
}
