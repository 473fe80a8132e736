using System.Collections.Concurrent;
using System.Net.Sockets;
using Mesh.Network;

namespace Mesh;

/// <summary>
/// The way that connections opened by one party to another take; the opposite openings take a link of their own. Each
/// direction has its own faults, changeable while connections run. Thread-safe.
/// </summary>
public sealed class NetworkLink
{
    private readonly ConcurrentDictionary<LinkConnection, byte> _connections = new();
    private long _opened;

    /// <summary>Makes a link without faults.</summary>
    /// <param name="timeProvider">The clock of latency and rate; the system's by default.</param>
    public NetworkLink(TimeProvider? timeProvider = null)
    {
        Time = timeProvider ?? TimeProvider.System;
        Forward = new LinkDirection(this, Time);
        Backward = new LinkDirection(this, Time);
    }

    /// <summary>From the one who opens a connection to the one who accepts it: openings and requests.</summary>
    public LinkDirection Forward { get; }

    /// <summary>From the one who accepts back to the one who opened: the answers.</summary>
    public LinkDirection Backward { get; }

    /// <summary>How many connections it carries now.</summary>
    public int Connections => _connections.Count;

    /// <summary>How many connections it has carried so far, those that run now included.</summary>
    public long ConnectionsOpened => Interlocked.Read(ref _opened);

    internal TimeProvider Time { get; }

    /// <summary>Raised after every change of a direction's state, before the call that changed it returns.</summary>
    internal event Action? Changed;

    /// <summary>Cuts both directions: see <see cref="LinkFault.Cut"/>.</summary>
    public void Cut()
    {
        Forward.Cut();
        Backward.Cut();
    }

    /// <summary>Makes both directions a black hole: see <see cref="LinkFault.BlackHole"/>.</summary>
    public void BlackHole()
    {
        Forward.BlackHole();
        Backward.BlackHole();
    }

    /// <summary>Makes every byte take this long, each way.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The latency is negative.</exception>
    public void Slow(TimeSpan latency)
    {
        Forward.Slow(latency);
        Backward.Slow(latency);
    }

    /// <summary>Limits the rate of each direction; <see langword="null"/> ends it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not positive.</exception>
    public void Limit(long? bytesPerSecond)
    {
        Forward.Limit(bytesPerSecond);
        Backward.Limit(bytesPerSecond);
    }

    /// <summary>Resets both ends of the connections that are open now.</summary>
    public void Reset() => ForEach(connection => connection.Abort());

    /// <summary>Ends every lasting fault, both ways.</summary>
    public void Restore()
    {
        Forward.Restore();
        Backward.Restore();
    }

    /// <summary>
    /// What the opening of a connection goes through: hangs in a black hole, takes the latency of both directions, and is
    /// refused by a cut.
    /// </summary>
    /// <exception cref="SocketException"><see cref="SocketError.ConnectionRefused"/>: the forward direction is cut.</exception>
    internal async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        var started = Time.GetTimestamp();
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Look() => changed.TrySetResult();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Changed += Look;
            try
            {
                var (forward, backward) = (Forward.State, Backward.State);
                if (forward.Fault == LinkFault.Cut) throw new SocketException((int)SocketError.ConnectionRefused);
                var wait = Timeout.InfiniteTimeSpan;
                if (forward.Fault != LinkFault.BlackHole && backward.Fault != LinkFault.BlackHole)
                {
                    wait = forward.Latency + backward.Latency - Time.GetElapsedTime(started);
                    if (wait <= TimeSpan.Zero) return;
                    wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
                }

                await Task.WhenAny(changed.Task, Task.Delay(wait, Time, over.Token)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
            finally
            {
                Changed -= Look;
                await over.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    internal void Add(LinkConnection connection)
    {
        _connections.TryAdd(connection, 0);
        Interlocked.Increment(ref _opened);
    }

    internal void Remove(LinkConnection connection) => _connections.TryRemove(connection, out _);

    internal void ForEach(Action<LinkConnection> action)
    {
        foreach (var (connection, _) in _connections) action(connection);
    }

    internal void NotifyChanged()
    {
        ForEach(connection => connection.Wake());
        Changed?.Invoke();
    }
}
