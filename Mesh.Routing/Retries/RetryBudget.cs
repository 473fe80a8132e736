namespace Mesh.Retries;

/// <summary>
/// How many retries a service bears: a part of the last 10 s' requests and some per second on top (Finagle's RetryBudget), so that retries cannot multiply an
/// overload. Told the time by <see cref="Tick"/>, once a second while the service is in use.
/// </summary>
internal sealed class RetryBudget(RequestLoad load)
{
    /// <summary>What "the last requests" means, in seconds.</summary>
    public const int WindowSeconds = 10;

    private readonly Lock _gate = new();

    // The totals at the beginning of each of the last seconds.
    private readonly (uint Requests, uint Retries)[] _past = new (uint, uint)[WindowSeconds];
    private uint _retries;
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

    /// <summary>A second has passed. Returns whether anything happened within the window.</summary>
    public bool Tick()
    {
        lock (_gate)
        {
            var requests = load.Requests;
            var oldest = _past[_next];
            _past[_next] = (requests, _retries);
            _next = (_next + 1) % WindowSeconds;
            return oldest != (requests, _retries);
        }
    }

    private double RemainingInLock(double ratio, double perSecond)
    {
        var (requests, retries) = _past[_next];

        // A small part of a retry more: 0.2 × 5 must be one.
        return ratio * (load.Requests - requests) + perSecond * WindowSeconds - (_retries - retries) + 1e-9;
    }
}
