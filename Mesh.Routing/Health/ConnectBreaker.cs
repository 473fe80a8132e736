using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>
/// Opens where connections to three distinct endpoints of a tier or cluster (or to all) fail, and none succeeds between; the first that succeeds closes it. A cluster that dies together
/// with its API server leaves its endpoints "ready" for ever: this is what notices.
/// </summary>
/// <param name="context">What the health of the service's endpoints shares.</param>
/// <param name="name">What it watches over.</param>
/// <param name="port">The number of the service's port.</param>
/// <param name="cluster">The cluster, or none for a tier.</param>
/// <param name="isStale">Whether the source of an endpoint cannot say that it is down.</param>
internal sealed partial class ConnectBreaker(HealthContext context, string name, int port, ClusterId cluster, Func<EndpointState, bool> isStale)
    : Breaker(context, name, port, cluster)
{
    private const int DistinctToOpen = 3;
    private const int LeastFailures = 2;
    private const int DistinctToSuspect = 2;
    private const double SuspicionSeconds = 1;

    private readonly Dictionary<EndpointState, double> _failed = [];

    // Those that failed while another answered: that they fail still says nothing of the others.
    private readonly HashSet<EndpointState> _knownDead = [];
    private double _suspectUntil = double.NegativeInfinity;
    private int _failures;
    private volatile bool _isSuspect;

    /// <summary>How many endpoints it watches over; set whenever a table is built.</summary>
    public int MemberCount { get; set; }

    /// <summary>
    /// Whether connections to two distinct endpoints failed within the last second and none succeeded since: too few to count as down, enough for a request that has failed there to go
    /// elsewhere first.
    /// </summary>
    /// <param name="now">Seconds on the router's clock.</param>
    public bool IsInDoubt(double now) => _isSuspect && now < Volatile.Read(ref _suspectUntil);

    /// <param name="generation">The generation of the pick whose request was answered.</param>
    public void OnConnected(long generation)
    {
        if (!_isSuspect)
        {
            return;
        }

        lock (Gate)
        {
            if (!IsOfNowInLock(generation))
            {
                return;
            }

            _knownDead.UnionWith(_failed.Keys);
            _failed.Clear();
            _failures = 0;
            _isSuspect = false;
            Volatile.Write(ref _suspectUntil, double.NegativeInfinity);
            if (!IsOpen)
            {
                return;
            }

            CloseInLock();
        }

        TellClosed();
        Log.Closed(Context.Logger, Name, Port, Context.Service);
    }

    /// <param name="endpoint">Whose connection failed.</param>
    /// <param name="generation">The generation in which it was begun.</param>
    /// <param name="now">Seconds on the router's clock.</param>
    public void OnConnectFailed(EndpointState endpoint, long generation, double now)
    {
        int distinct;
        lock (Gate)
        {
            if (IsOpen || !IsOfNowInLock(generation))
            {
                return;
            }

            // Those that have gone, or moved to another tier, say nothing of this one.
            _knownDead.RemoveWhere(e => e.IsRetired || !e.Breakers.Contains(this));
            if (_knownDead.Contains(endpoint))
            {
                if (endpoint.Health.ConsecutiveFailures > 1)
                {
                    return;
                }

                // It was back meanwhile.
                _knownDead.Remove(endpoint);
            }

            _isSuspect = true;
            _failures++;
            _failed[endpoint] = now;
            foreach (var (other, _) in _failed)
            {
                if (other.IsRetired || !other.Breakers.Contains(this))
                {
                    _failed.Remove(other);
                }
            }

            distinct = _failed.Count;
            if (_failed.Values.Count(at => now - at < SuspicionSeconds) >= DistinctToSuspect)
            {
                Volatile.Write(ref _suspectUntil, now + SuspicionSeconds);
            }

            var needed = Math.Min(DistinctToOpen, Math.Max(1, MemberCount - _knownDead.Count));
            var failures = Math.Max(needed, LeastFailures);
            if (isStale(endpoint))
            {
                // Its source cannot say that it is down: half the evidence suffices.
                (needed, failures) = ((needed + 1) / 2, (failures + 1) / 2);
            }

            if (distinct < needed || _failures < failures)
            {
                return;
            }

            OpenInLock(now);
        }

        TellOpened();
        Log.Opened(Context.Logger, Name, Port, Context.Service, distinct);
    }

    protected override void ForgetInLock()
    {
        _failed.Clear();
        _knownDead.Clear();
        _failures = 0;
        _isSuspect = false;
        Volatile.Write(ref _suspectUntil, double.NegativeInfinity);
    }

    private static partial class Log
    {
        [LoggerMessage(1210, LogLevel.Warning, "{Name} counts as down for port {Port} of {Service}: connections to {Count} of its endpoints failed and none succeeded. Requests go elsewhere where they can; single ones try it again.")]
        public static partial void Opened(ILogger logger, string name, int port, ServiceName service, int count);

        [LoggerMessage(1211, LogLevel.Information, "{Name} is back for port {Port} of {Service}: a connection succeeded.")]
        public static partial void Closed(ILogger logger, string name, int port, ServiceName service);
    }
}
