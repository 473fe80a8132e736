using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mesh.Network;
using Mesh.Processes;

namespace Mesh;

/// <summary>
/// A TCP proxy on a loopback port in front of one endpoint, whose <see cref="Link"/> takes faults while it runs. The kernel
/// accepts connections on a listener's behalf, so an opening in a black hole looks open to the client and stays silent; a
/// cut closes the listener, so an opening is refused.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly PortReservation _port = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly EndPoint _target;
    private Socket? _listener;
    private int _disposed;

    private FaultProxy(EndPoint target, TimeProvider? timeProvider)
    {
        _target = target;
        Link = new NetworkLink(timeProvider);
        Link.Changed += Follow;
    }

    /// <summary>Where clients connect: 127.0.0.1 and a port that stays the same, also while the link is cut.</summary>
    public IPEndPoint EndPoint => _port.EndPoint;

    /// <summary>What connections through the proxy pass: forward is towards the target.</summary>
    public NetworkLink Link { get; }

    /// <summary>Starts a proxy in front of <paramref name="target"/>.</summary>
    /// <param name="target">The endpoint to connect to for each connection; it need not listen yet.</param>
    /// <param name="timeProvider">The clock of latency and rate; the system's by default.</param>
    public static FaultProxy Start(IPEndPoint target, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var proxy = new FaultProxy(target, timeProvider);
        proxy.Follow();
        return proxy;
    }

    /// <summary>Starts a proxy in front of the server at <paramref name="target"/>, such as <see cref="IKubernetesServer.Address"/>.</summary>
    /// <param name="target">Its host must be a loopback name or address, its port is the one connected to.</param>
    /// <param name="timeProvider">The clock of latency and rate; the system's by default.</param>
    /// <exception cref="ArgumentException">The host is not loopback.</exception>
    public static FaultProxy Start(Uri target, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.IsLoopback) throw new ArgumentException($"The target '{target}' is not a loopback address; a fault proxy stays on this machine.", nameof(target));
        var address = IPAddress.TryParse(target.DnsSafeHost, out var ip) ? ip : IPAddress.Loopback;
        return Start(new IPEndPoint(address, target.Port), timeProvider);
    }

    /// <summary>The same kubeconfig, by way of this proxy.</summary>
    /// <param name="kubeconfig">That of the target, as <see cref="IKubernetesServer.GetKubeconfig"/> gives it.</param>
    /// <exception cref="ArgumentException">It does not name the target's address.</exception>
    public string Redirect(string kubeconfig)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kubeconfig);
        var server = $"https://{_target}";
        return kubeconfig.Contains(server, StringComparison.Ordinal)
            ? kubeconfig.Replace(server, $"https://{EndPoint}", StringComparison.Ordinal)
            : throw new ArgumentException($"The kubeconfig does not name the server {server}, which this proxy stands in front of.", nameof(kubeconfig));
    }

    /// <summary>Closes the listener and every connection, and waits until they are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Link.Changed -= Follow;
        await _stopping.CancelAsync().ConfigureAwait(false);
        Close();
        // One that was being accepted joins late.
        while (!_running.IsEmpty) await Task.WhenAll(_running.Keys).ConfigureAwait(false);
        _port.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Listens, unless the way to the target is cut.</summary>
    private void Follow()
    {
        lock (_lock)
        {
            if (Link.Forward.State.Fault == LinkFault.Cut || _stopping.IsCancellationRequested)
            {
                Close();
            }
            else if (_listener is null)
            {
                _listener = _port.Listen();
                Track(AcceptAsync(_listener));
            }
        }
    }

    private void Close()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        await Task.Yield();
        while (true)
        {
            SocketLinkEnd client;
            try
            {
                client = new SocketLinkEnd(await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // This one connection ended before it was accepted.
                continue;
            }

            Track(CarryAsync(client));
        }
    }

    private async Task CarryAsync(SocketLinkEnd client)
    {
        var socket = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        SocketLinkEnd target;
        try
        {
            await Link.OpenAsync(_stopping.Token).ConfigureAwait(false);
            await socket.ConnectAsync(_target, _stopping.Token).ConfigureAwait(false);
            target = new SocketLinkEnd(socket);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // As near to "refused" as one comes once the kernel has accepted.
            client.Reset();
            socket.Dispose();
            return;
        }

        await LinkConnection.RunAsync(Link, client, target, _stopping.Token).ConfigureAwait(false);
    }

    private void Track(Task task)
    {
        _running.TryAdd(task, 0);
        task.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
