namespace Mesh.Retries;

/// <summary>
/// How many retries a service bears: a part of the last 10 s' requests and some per second on top (Finagle's RetryBudget), so that retries cannot multiply an
/// overload. Told the time by <see cref="Tick"/>, once a second while the service is in use.
/// </summary>
internal sealed class RetryBudget(RequestLoad load)
{
    /// <summary>What "the last requests" means, in seconds.</summary>
    public const int WindowSeconds = 10;

    // A small part of a retry more: 0.2 × 5 must be one.
    private const double Slack = 1e-9;

    private readonly Lock _gate = new();

    // The totals at the beginning of each of the last seconds. Hedges are among the retries.
    private readonly (uint Requests, uint Retries, uint Hedges)[] _past = new (uint, uint, uint)[WindowSeconds];
    private uint _retries;
    private uint _hedges;
    private int _next;

    /// <summary>How many retries it still bears now.</summary>
    public double Remaining(double ratio, double perSecond)
    {
        lock (_gate)
        {
            return RemainingInLock(ratio, perSecond);
        }
    }

    /// <summary>Takes one.</summary>
    public bool TryTake(double ratio, double perSecond)
    {
        lock (_gate)
        {
            if (RemainingInLock(ratio, perSecond) < 1)
            {
                return false;
            }

            _retries++;
            return true;
        }
    }

    /// <summary>Takes one for a second try beside a late first, which may be no more than <paramref name="most"/> of the window's requests.</summary>
    public bool TryTakeHedge(double most, double ratio, double perSecond)
    {
        lock (_gate)
        {
            var (requests, _, hedges) = _past[_next];
            if (most * (load.Requests - requests) - (_hedges - hedges) + Slack < 1 || RemainingInLock(ratio, perSecond) < 1)
            {
                return false;
            }

            _hedges++;
            _retries++;
            return true;
        }
    }

    /// <summary>A second has passed. Returns whether anything happened within the window.</summary>
    public bool Tick()
    {
        lock (_gate)
        {
            var requests = load.Requests;
            var oldest = _past[_next];
            _past[_next] = (requests, _retries, _hedges);
            _next = (_next + 1) % WindowSeconds;
            return oldest != (requests, _retries, _hedges);
        }
    }

    private double RemainingInLock(double ratio, double perSecond)
    {
        var (requests, retries, _) = _past[_next];
        return ratio * (load.Requests - requests) + perSecond * WindowSeconds - (_retries - retries) + Slack;
    }
}
