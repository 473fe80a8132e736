using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Backends;

/// <summary>Dials loopback and keeps account of the connections. Where a test says so, those to a port are not made, or do not end, until it lets them.</summary>
internal sealed class WatchedDial
{
    private readonly ConcurrentDictionary<int, int> _begun = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _heldConnects = new();
    private readonly ConcurrentDictionary<int, ManualResetEventSlim> _heldEnds = new();
    private int _pending;
    private int _open;
    private int _ending;

    /// <summary>Connections that are being made.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Connections that were made and are not disposed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections that are held in their disposal.</summary>
    public int Ending => Volatile.Read(ref _ending);

    /// <summary>How often a port was dialled.</summary>
    public int Begun(int port) => _begun.GetValueOrDefault(port);

    /// <summary>Lets connections to a port wait until their token says that nobody wants them.</summary>
    public void HoldConnects(int port) => _heldConnects[port] = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets whoever disposes a connection to a port wait until <see cref="ReleaseEnds"/>.</summary>
    public void HoldEnds(int port) => _heldEnds[port] = new();

    public void ReleaseEnds(int port) => _heldEnds[port].Set();

    public void AddTo(IServiceCollection services) => services.Configure<MeshTransportOptions>(o => o.Dial = DialAsync);

    private async ValueTask<Stream> DialAsync(EndpointState endpoint, CancellationToken cancellationToken)
    {
        _begun.AddOrUpdate(endpoint.Port, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref _pending);
        try
        {
            if (_heldConnects.TryGetValue(endpoint.Port, out var held))
            {
                await held.Task.WaitAsync(cancellationToken);
            }

            var inner = await Loopback.DialAsync(endpoint.Port, cancellationToken);
            Interlocked.Increment(ref _open);
            return new Connection(inner, this, endpoint.Port);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private void End(int port)
    {
        if (_heldEnds.TryGetValue(port, out var held))
        {
            Interlocked.Increment(ref _ending);
            held.Wait(Eventually.Bound).ShouldBeTrue();
            Interlocked.Decrement(ref _ending);
        }

        Interlocked.Decrement(ref _open);
    }

    private sealed class Connection(Stream inner, WatchedDial dial, int port) : DuplexStream(inner, inner)
    {
        private int _disposed;

        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                dial.End(port);
                Input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
