using System.Collections.Concurrent;

namespace Mesh.Transport;

/// <summary>
/// Sees to it that one failed connection frees every request that waits for the same endpoint. The HTTP handler gives a failure to one waiting request only and begins a new
/// connection for the next, so a hundred waiters of an endpoint that does not answer would fail one connect limit after another. Here a connection for a request that was sent
/// before the last failure fails at once, and those in progress are abandoned.
/// </summary>
/// <remarks>
/// A request needs to be known by name only if it is sent between a failure and the next success: whoever is unknown then was sent before. So the usual request costs one read.
/// </remarks>
internal sealed class ConnectGate
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<HttpRequestMessage, int> _entered = new();
    private readonly List<Dial> _dials = [];
    private volatile bool _failing;
    private volatile int _failures;
    private volatile bool _wasFreed;
    private bool _closed;

    /// <summary>Whether the last connection failed; requests sent now must <see cref="Enter"/> and <see cref="Leave"/>.</summary>
    public bool IsFailing => _failing;

    /// <summary>Whether those that were last told not to wait may come back: no connection had failed.</summary>
    public bool WasFreed => _wasFreed;

    public void Enter(HttpRequestMessage request) => _entered[request] = _failures;

    public void Leave(HttpRequestMessage request) => _entered.TryRemove(request, out _);

    /// <summary>Begins a connection for <paramref name="request"/>; <see langword="null"/>: it was waiting when another one failed, or the endpoint is gone.</summary>
    public Dial? TryBegin(HttpRequestMessage request)
    {
        lock (_lock)
        {
            if (_closed || (_failing && !(_entered.TryGetValue(request, out var since) && since == _failures)))
            {
                return null;
            }

            var dial = new Dial(this);
            _dials.Add(dial);
            return dial;
        }
    }

    public void Succeed(Dial dial)
    {
        lock (_lock)
        {
            _dials.Remove(dial);
            _failing = false;
        }
    }

    /// <summary>
    /// One connection has failed: the others in progress, which whoever asks is to abandon. <see langword="null"/>: another one was first, or the endpoint is gone, so that this one was
    /// abandoned; where many are begun at once and lost together, that is one failure.
    /// </summary>
    public IReadOnlyList<Dial>? TryFail(Dial dial)
    {
        lock (_lock)
        {
            return _dials.Remove(dial) ? TakeAllInLock(isFreed: false) : null;
        }
    }

    public void End(Dial dial)
    {
        lock (_lock)
        {
            _dials.Remove(dial);
        }
    }

    /// <summary>Frees those that wait for a connection now; where no connection is being made nobody waits.</summary>
    /// <param name="mayComeBack">Whether connections succeed, so that whoever finds nobody else may wait again.</param>
    public void FreeWaiting(bool mayComeBack) => AbandonAll(close: false, mayComeBack);

    /// <summary>Frees those that wait, and refuses every further connection.</summary>
    public void Close() => AbandonAll(close: true, mayComeBack: false);

    private void AbandonAll(bool close, bool mayComeBack)
    {
        Dial[] abandoned;
        lock (_lock)
        {
            _closed |= close;
            if (_dials.Count == 0 && !close)
            {
                return;
            }

            abandoned = TakeAllInLock(mayComeBack);
        }

        // Outside the lock: abandoned dials end on this thread and come back here.
        foreach (var dial in abandoned)
        {
            dial.Abandon(mayComeBack);
        }
    }

    private Dial[] TakeAllInLock(bool isFreed)
    {
        Dial[] taken = [.. _dials];
        _dials.Clear();
        _failures++;
        _wasFreed = isFreed;
        _failing = true;
        return taken;
    }
}
