using Mesh.Affinity;
using Mesh.Explaining;
using Mesh.Retries;
using Mesh.Routes;
using Mesh.Tables;

namespace Mesh;

/// <summary>
/// The way to one service's port under one policy: a stable object that swaps its immutable table when the service, the clusters, the policy or the
/// endpoints' health change. Made by <see cref="MeshRouter.GetRoute"/>.
/// </summary>
public sealed class ServiceRoute
{
    // Dean and Barroso, "The Tail at Scale" (2013): a second request after the 95th percentile costs 5 % and takes most of the tail.
    private const double MostHedges = 0.05;
    private const double HedgeBelow = 0.75;

    private static readonly TimeSpan LeastHedgingDelay = TimeSpan.FromMilliseconds(1);

    private readonly ServiceState _state;
    private readonly ServiceCell _cell;
    private readonly IMeshCatalog _catalog;
    private readonly RouteKey _key;
    private volatile RoutingTable? _table;
    private volatile bool _isSettled;
    private volatile bool _isUsed;
    private long _revision;

    internal ServiceRoute(ServiceState state, in RouteKey key)
    {
        _state = state;
        _cell = state.Cell;
        _catalog = state.Router.Catalog;
        _key = key;
    }

    /// <summary>The service.</summary>
    public ServiceName Service => _state.Name;

    /// <summary>The policy in force now.</summary>
    public EffectivePolicy Policy => Table.Policy;

    /// <summary>
    /// Whether every tier and cluster counts as down: connections to all of them failed lately. Picks go on, since any may be back; whoever waits for connections should not try
    /// one dead endpoint after another.
    /// </summary>
    public bool IsDown => Table.IsDown;

    /// <summary>
    /// Another number whenever what a pick chooses from may have changed: the service, the clusters, the policy, the health of its endpoints. For whoever keeps something made from it (a list of
    /// addresses) and looks now and then whether it still holds; looking counts as use of the service.
    /// </summary>
    public long Revision
    {
        get
        {
            _cell.MarkUsed();
            _isUsed = true;
            _ = Table;
            return Interlocked.Read(ref _revision);
        }
    }

    internal ServiceState State => _state;

    internal RouteKey Key => _key;

    /// <summary>The layout of the table that it has, outdated or not; <see langword="null"/> before there is one.</summary>
    internal TableLayout? Layout => _table?.Layout;

    /// <summary>The table as things are now.</summary>
    internal RoutingTable Table
    {
        get
        {
            var table = _table;
            return table is not null && table.IsCurrent(_cell.Current, _catalog.TopologyRevision, _state.Health.Epoch) ? table : Renew();
        }
    }

    /// <summary>
    /// Chooses an endpoint for one try and counts it as in flight; whoever gets one calls <see cref="EndpointLease.Report"/> once and
    /// <see cref="EndpointLease.Release"/> once on <see cref="PickResult.Lease"/>. Lock-free and without allocation for a first try.
    /// </summary>
    /// <param name="attempts">What this request has tried so far; <see langword="default"/> at first.</param>
    /// <param name="hints">What of the request matters to the choice.</param>
    public PickResult Pick(ref RequestAttempts attempts, in PickHints hints)
    {
        _cell.MarkUsed();
        if (!_isUsed)
        {
            _isUsed = true;
        }

        if (!_isSettled)
        {
            if (!_state.IsSettled)
            {
                return PickResult.None(PickStatus.Pending);
            }

            _isSettled = true;
            _state.TellOutOfReach(Table.Layout);
        }

        // Read first: should health change meanwhile, the outcome counts as one from before.
        var generation = _state.Health.Generation;
        var table = Table;
        var isRequest = attempts.IsFirst;
        if (isRequest)
        {
            if (!_state.Load.HasRoom(table.Policy.MaxRequestsInFlight))
            {
                return PickResult.None(PickStatus.TooManyRequests);
            }

            if (!_state.IsAwake)
            {
                _state.Router.Heartbeat.Wake(_state);
            }
        }

        var ofKey = 0UL;
        ref var random = ref (Sessions.HasKey(hints) && Sessions.TrySeed(table, hints, out ofKey) ? ref ofKey : ref _state.Router.Random.State);
        var picked = !isRequest ? TablePick.Next(table, generation, attempts, hints, ref random)
            : hints.SessionEndpoint.HasValue && Sessions.TryFind(table, hints, generation, out var ofSession) ? ofSession
            : TablePick.First(table, generation, hints, ref random);
        picked.Endpoint?.Enter(isRequest);
        return picked;
    }

    /// <summary>
    /// Waits while the service is pending, at most <see cref="MeshRouterOptions.InitialSyncTimeout"/>. <see langword="true"/>: pick again, the answer is not
    /// <see cref="PickStatus.Pending"/>; <see langword="false"/>: the time is up, <see cref="Describe"/> the pick.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The router was disposed, or <see cref="MeshRouter.EndWaits"/> was called, and the service is not known.</exception>
    public ValueTask<bool> WaitUntilKnownAsync(CancellationToken cancellationToken) => _state.WaitUntilKnownAsync(cancellationToken);

    /// <summary>
    /// Takes one retry from the service's budget (a part of the last 10 s' requests and a few per second); <see langword="false"/>: do not retry. Only for
    /// requests that were sent: a try that got no connection is picked again outside the budget.
    /// </summary>
    public bool TryAcquireRetry()
    {
        var policy = Table.Policy;
        return _state.Budget.TryTake(policy.RetryBudgetRatio, policy.RetryBudgetMinimum);
    }

    /// <summary>
    /// How late the answer of a first try must be before the request is sent to a second endpoint as well: the policy's <see cref="EffectivePolicy.HedgingDelay"/>, else the 95th percentile of the
    /// service's own latency in the last minute, at least 1 ms. <see langword="null"/>: not at all, since hedging is off or less than 100 answers are known.
    /// </summary>
    public TimeSpan? HedgingDelay
    {
        get
        {
            var policy = Table.Policy;
            return !policy.Hedging ? null
                : policy.HedgingDelay is { } said ? said
                : _state.Latency.Quantile(0.95) is { } usual ? (usual > LeastHedgingDelay ? usual : LeastHedgingDelay)
                : null;
        }
    }

    /// <summary>Says how long an answer took, from sending to its headers. For services whose policy hedges; others need not be told.</summary>
    /// <param name="latency">The time.</param>
    public void ObserveLatency(TimeSpan latency) => _state.Latency.Add(latency);

    /// <summary>
    /// Takes one second try beside a late first: at most 5 % of the last 10 s' requests, out of the retry budget, and none while more than three quarters of
    /// <see cref="EffectivePolicy.MaxRequestsInFlight"/> are under way. <see langword="false"/>: wait for the first.
    /// </summary>
    public bool TryAcquireHedge()
    {
        var policy = Table.Policy;
        return _state.Load.InFlight <= policy.MaxRequestsInFlight * HedgeBelow
            && _state.Budget.TryTakeHedge(MostHedges, policy.RetryBudgetRatio, policy.RetryBudgetMinimum);
    }

    /// <summary>What to tell the user about a pick without an endpoint.</summary>
    public RouteFailure Describe(in PickResult failed) => FailureWriter.Describe(_state, Table, failed.Status);

    /// <summary>
    /// For the end of an exception's message: <c>Clusters: alpha (live), beta (stale for 3 min: …).</c>, and which of them cannot be dialled from here for this service, with what to do.
    /// </summary>
    public string DescribeClusters() => ClusterWriter.Describe(_state.Router, Table.Layout);

    /// <summary>Builds the table where it is in use and outdated; lets go of one that is not in use.</summary>
    internal void Refresh()
    {
        if (_isUsed)
        {
            _isUsed = false;
            _ = Table;
        }
        else
        {
            _table = null;
        }
    }

    private RoutingTable Renew()
    {
        // Two threads may each build one; the loser's is outdated at worst, and then built again by the next pick.
        var table = _state.Renew(_key, _table);
        _table = table;
        Interlocked.Increment(ref _revision);
        return table;
    }
}
