using System.Collections.Immutable;
using Mesh.Health;
using Mesh.Picks;
using Mesh.Probing;
using Mesh.Retries;
using Mesh.Spill;
using Mesh.Tables;

namespace Mesh.Routes;

/// <summary>
/// What one service in use has that outlives its snapshots and is shared by its routes: endpoint states, breakers, the requests under way and the retry budget.
/// Tables are built here, under one lock per service, by whoever first needs them.
/// </summary>
internal sealed class ServiceState
{
    // Clients make a route per policy object; one that makes a policy per request must not fill the memory.
    private const int MaxRoutes = 256;

    // A second that took longer, in seconds, was a pause: of the process, its machine, or of the requests.
    private const double MostElapsed = 2.5;

    // How many seconds after its last request a service's endpoints are probed still.
    private const int ProbedFor = 60;

    private readonly RouterContext _router;
    private readonly Lock _gate = new();
    private readonly HealthContext _health;
    private readonly EndpointStore _store;
    private readonly BreakerSet _breakers;
    private readonly LayoutBuilder _builder;
    private readonly SpillBook _spill;
    private readonly ServiceProbes _probes;
    private readonly NoticeQueue _log;
    private readonly RouteNotices _notices;
    private readonly HealthRules _rules;
    private int _idleSeconds;
    private volatile ImmutableDictionary<RouteKey, ServiceRoute> _routes = ImmutableDictionary<RouteKey, ServiceRoute>.Empty;
    private volatile Breaker[] _publishedBreakers = [];
    private ServiceSnapshot? _reconciled;
    private long _reconciledTopology;
    private volatile bool _isSettled;
    private volatile bool _isDropped;
    private bool _isRetired;
    private double _tickedAt = double.NaN;
    private volatile bool _isAwake;

    public ServiceState(RouterContext router, ServiceName name)
    {
        _router = router;
        Name = name;
        Cell = router.Catalog.Find(name).Cell;
        Load = new RequestLoad();
        Budget = new RetryBudget(Load);
        _health = new HealthContext(name, router.Clock, router.Random, router.HealthLogger, router.Meter);
        _rules = new HealthRules(_health);
        _log = new NoticeQueue(name, router.RouteLogger, router.Faults);
        _store = new EndpointStore(_health, Load, router.Meter.Picks);
        _breakers = new BreakerSet(_health, router.Catalog);
        _spill = new SpillBook((layout, before) =>
            router.NewSpillRule?.Invoke() ?? new CapacitySpill(layout.Policy.SlowStart, Load, new SpillReporter(name, layout.Port?.Port?.Port ?? 0, _log), before as CapacitySpill));
        _builder = new LayoutBuilder(name, router.Policies, new LiveStates(_store, _breakers));
        _probes = new ServiceProbes(router.Probes);
        _notices = new RouteNotices(router, name, _log);
    }

    public ServiceName Name { get; }

    public ServiceCell Cell { get; }

    public RouterContext Router => _router;

    public HealthContext Health => _health;

    public RequestLoad Load { get; }

    public RetryBudget Budget { get; }

    /// <summary>How long answers take; told where requests may be hedged.</summary>
    public LatencyHistogram Latency { get; } = new();

    public IReadOnlyCollection<EndpointState> Endpoints => _store.All;

    public IReadOnlyCollection<Breaker> Breakers => _publishedBreakers;

    /// <summary>Those that are open, and of which an endpoint is left.</summary>
    public IEnumerable<Breaker> OpenBreakers => _publishedBreakers.Where(b => b.IsOpen && Endpoints.Any(e => IsOf(e, b)));

    /// <summary>The layouts in use that know the service.</summary>
    public IReadOnlyList<TableLayout> Layouts => [.. _routes.Values.Select(static r => r.Known?.Layout).OfType<TableLayout>().Where(static l => l.Snapshot is not null)];

    /// <summary>Whether the router has let go of it: its routes still work, but are not to be handed out again.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>What the rules of capacity do, for metrics.</summary>
    public IReadOnlyCollection<SpillReporter> Spills => _spill.Reporters;

    /// <summary>Whether the heartbeat ticks for it.</summary>
    public bool IsAwake
    {
        get => _isAwake;
        set => _isAwake = value;
    }

    /// <summary>
    /// Whether picks need not wait: not for the service, nor for a source that still connects for the first time and may bring nearer endpoints.
    /// </summary>
    public bool IsSettled => _isSettled || (_isSettled = _router.Catalog.IsSynced);

    /// <summary>Whether nothing would be lost by letting go of it.</summary>
    public bool IsEmpty => Cell.Current is null && _store.All.Count == 0 && Load.InFlight == 0;

    public bool Tick()
    {
        Latency.Tick();
        var isUsed = Budget.Tick() || Load.InFlight != 0;
        bool haveSharesChanged;
        var now = _router.Clock.Now;
        lock (_gate)
        {
            var isOrdinary = now - _tickedAt <= MostElapsed;
            _tickedAt = now;
            foreach (var endpoint in _store.All)
            {
                endpoint.Answers.EndSecond(isOrdinary);
            }

            FirstAnswer.Forgive(_store.All, now);
            _spill.Keep(_routes.Values.Select(static r => r.Known?.Layout).OfType<TableLayout>());
            haveSharesChanged = _spill.Move(now);
        }

        _log.Write();
        if (haveSharesChanged)
        {
            _health.Changed();
        }

        _idleSeconds = isUsed ? 0 : _idleSeconds + 1;
        if (!_isDropped && _idleSeconds < ProbedFor && _probes.Update(_rules.Probes, _store.All))
        {
            return true;
        }

        _probes.Stop();
        if (!isUsed)
        {
            lock (_gate)
            {
                _spill.Rest();
            }

            _log.Write();
        }

        return isUsed;
    }

    public ServiceRoute GetRoute(in RouteKey key)
    {
        if (_routes.TryGetValue(key, out var route))
        {
            return route;
        }

        lock (_gate)
        {
            if (!_routes.TryGetValue(key, out route))
            {
                route = new ServiceRoute(this, key);
                _routes = (_routes.Count < MaxRoutes ? _routes : ImmutableDictionary<RouteKey, ServiceRoute>.Empty).Add(key, route);
            }
        }

        return route;
    }

    /// <summary>Gives a route its table as things are now, built where something changed.</summary>
    public RoutingTable Renew(ServiceRoute route)
    {
        List<EndpointState> gone;
        RoutingTable table;
        lock (_gate)
        {
            // Each is read before it is used, so that a change meanwhile makes the table outdated rather than wrong for good; and whether all is known before what is.
            var isSettled = IsSettled;
            var epoch = _health.Epoch;
            var snapshot = Cell.Current;
            var topology = _router.Topology;
            gone = ReconcileInLock(snapshot, topology);
            if (route.Known is { } known && known.IsLayoutCurrent(snapshot, topology.Revision) && ReferenceEquals(known.Layout.Configured, _router.Policies.Configured))
            {
                table = ApplyInLock(known.Layout, epoch);
            }
            else
            {
                var layout = _builder.Build(route.Key, snapshot, StatusWithout(snapshot), topology, _router.Clock.Now);
                _rules.Use(route.Key, layout.Policy);
                _store.Publish();
                _publishedBreakers = [.. _breakers.All];
                _notices.TellProblems(layout.PolicyProblems);
                if (isSettled)
                {
                    _notices.TellOutOfReach(layout);
                }

                table = ApplyInLock(layout, epoch);
            }

            route.Known = table;
            if (_isRetired)
            {
                // A route that was handed out before: what it is still asked for ends with its requests.
                gone.AddRange(_store.TakeGone(null, null));
                _store.Publish();
            }
        }

        _log.Write();
        Retire(gone);
        return table;
    }

    /// <summary>A route is not in use: it need not have a table, nor its policy a say.</summary>
    public void LetGo(ServiceRoute route)
    {
        lock (_gate)
        {
            route.Known = null;
            _rules.Forget(route.Key);
        }
    }

    /// <summary>The table that a route would have, made without changing anything: nobody is told of it, and what it needs and is not there is not kept.</summary>
    /// <param name="key">What the route is asked for with.</param>
    /// <param name="instead">A policy in place of the configured one of the service; <see langword="null"/> for that one.</param>
    public RoutingTable DryTable(in RouteKey key, ServicePolicy? instead)
    {
        lock (_gate)
        {
            var snapshot = Cell.Current;
            var now = _router.Clock.Now;
            var builder = new LayoutBuilder(Name, _router.Policies, new DryStates(_health, _store, _breakers));
            var layout = builder.Build(key, snapshot, StatusWithout(snapshot), _router.Topology, now, instead);
            return HealthView.Apply(layout.WithoutAlgorithm(), _health.Epoch, _spill.Peek(layout), now);
        }
    }

    /// <summary>The service or the clusters have changed: retires what is gone and builds the tables in use, off the request path.</summary>
    public void Refresh()
    {
        List<EndpointState> gone;
        lock (_gate)
        {
            gone = ReconcileInLock(Cell.Current, _router.Topology);
        }

        Retire(gone);
        foreach (var route in _routes.Values)
        {
            route.Refresh();
        }
    }

    /// <summary>Other policies are configured: tables are outdated, whatever they were made of besides.</summary>
    public void Reconfigure()
    {
        _health.Changed();
        Refresh();
    }

    /// <summary>What the rule of capacity goes by, in words; <see langword="null"/> where another rule is followed.</summary>
    public string? DescribeSpill(RoutingTable table)
    {
        lock (_gate)
        {
            return _spill.Peek(table.Layout) is CapacitySpill capacity && table.FirstUsable >= 0 ? capacity.Describe(table.Spill, _router.Clock.Now) : null;
        }
    }

    /// <summary>Waits, bounded, until the service is known or absent.</summary>
    public async ValueTask<bool> WaitUntilKnownAsync(CancellationToken cancellationToken)
    {
        var limit = _router.Options.InitialSyncTimeout;
        var ending = _router.Ending;
        if (limit > TimeSpan.Zero)
        {
            using var bound = new CancellationTokenSource(limit, _router.Clock.Provider);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken, ending);
            try
            {
                await _router.Catalog.FindAsync(Name, both.Token).ConfigureAwait(false);
                _isSettled = true;
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The time is up: what is known by now has to do.
            }
        }

        if (ending.IsCancellationRequested && (_isDropped || Cell.Current is null))
        {
            throw new ObjectDisposedException(nameof(MeshRouter), $"Service {Name} is not known yet, and the mesh of this process has ended: nothing will bring it any more. Send no requests after the host was told to stop.");
        }

        return _isSettled = Cell.Current is not null;
    }

    /// <summary>Whether a request would wait now: what <see cref="WaitUntilKnownAsync"/> would do, without waiting.</summary>
    public bool WouldWait()
    {
        if (IsSettled)
        {
            return false;
        }

        // The catalog itself decides what there is to wait for; asked like this, it answers at once or not at all.
        return _router.Options.InitialSyncTimeout > TimeSpan.Zero && !_router.Ending.IsCancellationRequested
            ? !_router.Catalog.FindAsync(Name, new CancellationToken(canceled: true)).AsTask().IsCompletedSuccessfully
            : Cell.Current is null;
    }

    /// <summary>See <see cref="RouteNotices.TellOutOfReach"/>. Before the service is settled, what the own cluster says of its network, and other clusters, may be yet to come.</summary>
    public void TellOutOfReach(TableLayout layout)
    {
        if (IsSettled)
        {
            _notices.TellOutOfReach(layout);
            _log.Write();
        }
    }

    /// <summary>Nothing is handed out any more; with <paramref name="retire"/> its endpoints end too.</summary>
    public void Drop(bool retire)
    {
        _isDropped = true;
        if (!retire)
        {
            return;
        }

        List<EndpointState> all;
        lock (_gate)
        {
            _isRetired = true;
            all = _store.TakeGone(null, null);
            _store.Publish();
            _breakers.Close();
            _spill.Rest();
        }

        Retire(all);
    }

    private RoutingTable ApplyInLock(TableLayout layout, long epoch)
    {
        var table = HealthView.Apply(layout, epoch, _spill.RuleOf(layout), _router.Clock.Now);
        _spill.OnBuilt(table);
        return table;
    }

    private static bool IsOf(EndpointState endpoint, Breaker breaker) => ReferenceEquals(endpoint.Upstream, breaker) || endpoint.Breakers.Any(b => ReferenceEquals(b, breaker));

    private static void Retire(List<EndpointState> gone)
    {
        foreach (var endpoint in gone)
        {
            endpoint.Retire();
        }
    }

    private List<EndpointState> ReconcileInLock(ServiceSnapshot? snapshot, Topology topology)
    {
        if (ReferenceEquals(snapshot, _reconciled) && topology.Revision == _reconciledTopology)
        {
            return [];
        }

        _reconciled = snapshot;
        _reconciledTopology = topology.Revision;
        _store.BeginRound();
        var gone = _store.TakeGone(snapshot, topology);
        if (gone.Count != 0)
        {
            _store.Publish();
            foreach (var breaker in _breakers.All.Where(b => b.IsOpen && gone.Exists(e => IsOf(e, b)) && !_store.All.Any(e => IsOf(e, b))))
            {
                breaker.OnEmpty();
            }
        }

        return gone;
    }

    private PickStatus StatusWithout(ServiceSnapshot? snapshot) =>
        snapshot is null && _router.Catalog.Find(Name).Status == ServiceLookupStatus.Absent ? PickStatus.UnknownService : PickStatus.Pending;
}
