using Mesh.Network;

namespace Mesh;

/// <summary>
/// One direction of a <see cref="NetworkLink"/>. Every member may be called at any time, also while connections run;
/// a fault acts before the call returns. Thread-safe.
/// </summary>
public sealed class LinkDirection
{
    private readonly Lock _lock = new();
    private readonly NetworkLink _link;
    private readonly LinkRate _rate;
    private volatile LinkState _state = LinkState.Clear;
    private long _taken;
    private long _delivered;

    internal LinkDirection(NetworkLink link, TimeProvider time)
    {
        _link = link;
        _rate = new LinkRate(time);
    }

    /// <summary>How it behaves at present.</summary>
    public LinkState State => _state;

    /// <summary>Bytes taken from senders, over all connections so far.</summary>
    public long BytesTaken => Interlocked.Read(ref _taken);

    /// <summary>Bytes given to receivers, over all connections so far. What is missing to <see cref="BytesTaken"/> is under way, held or lost.</summary>
    public long BytesDelivered => Interlocked.Read(ref _delivered);

    internal LinkRate Rate => _rate;

    /// <summary>Severs it: see <see cref="LinkFault.Cut"/>.</summary>
    public void Cut()
    {
        Change(state => state with { Fault = LinkFault.Cut });
        _link.ForEach(connection => connection.Abort());
    }

    /// <summary>Lets bytes disappear silently: see <see cref="LinkFault.BlackHole"/>.</summary>
    public void BlackHole() => Change(state => state with { Fault = LinkFault.BlackHole });

    /// <summary>Makes every byte take this long; <see cref="TimeSpan.Zero"/> ends it. Bytes already under way are delayed by the new figure too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The latency is negative.</exception>
    public void Slow(TimeSpan latency)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        Change(state => state with { Latency = latency });
    }

    /// <summary>Limits the rate that all connections share; <see langword="null"/> ends it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not positive.</exception>
    public void Limit(long? bytesPerSecond)
    {
        if (bytesPerSecond is { } rate) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(bytesPerSecond));
        Change(state => state with { BytesPerSecond = bytesPerSecond });
    }

    /// <summary>
    /// Resets the connections that are open now, as a forged RST sent along this direction does: the receiver is reset at
    /// once, the sender with the next byte it sends. Connections opened later are not touched.
    /// </summary>
    public void Reset() => _link.ForEach(connection => connection.Break(this, LinkFlowMode.AnswerWithReset));

    /// <summary>
    /// Makes the connections that are open now half-open, as when the receiver's machine dies: its end is gone, and the
    /// sender is never told; what it sends is lost and nothing comes any more, also after <see cref="Restore"/>.
    /// Connections opened later are not touched.
    /// </summary>
    public void HalfOpen() => _link.ForEach(connection => connection.Break(this, LinkFlowMode.Vanish));

    /// <summary>Ends every lasting fault. What was held arrives; broken connections stay broken.</summary>
    public void Restore() => Change(_ => LinkState.Clear);

    internal void CountTaken(int bytes) => Interlocked.Add(ref _taken, bytes);

    internal void CountDelivered(int bytes) => Interlocked.Add(ref _delivered, bytes);

    private void Change(Func<LinkState, LinkState> change)
    {
        lock (_lock)
        {
            _state = change(_state);
            _rate.Set(_state.BytesPerSecond);
        }

        _link.NotifyChanged();
    }
}
