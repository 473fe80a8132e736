using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Mesh.Network;

namespace Mesh;

/// <summary>
/// The network between the places of a test world: pod addresses, mapped to real servers on loopback, and the links on the way to them. An app takes part
/// by dialling through <see cref="DialAsync"/>. Each connection passes three links, whose faults act on it at any time: that from the caller's cluster to the pod's cluster,
/// that from the caller to the pod's node, and the pod's own. Thread-safe.
/// </summary>
/// <param name="timeProvider">The clock of the links. Default: the system's.</param>
public sealed class VirtualNetwork(TimeProvider? timeProvider = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Network, IPAddress Address), NetworkHost> _hosts = new();
    private readonly ConcurrentDictionary<(string From, string To), NetworkLink> _clusterLinks = new();
    private readonly ConcurrentDictionary<(string Caller, string Node), NetworkLink> _callerLinks = new();
    private readonly ConcurrentDictionary<(string Network, IPAddress Address), int> _dials = new();
    private readonly ConcurrentDictionary<Task, byte> _carrying = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The network of addresses that are reached from every network, such as those of gateways: <see cref="NetworkPlace.Network"/> of whoever has one.</summary>
    public const string Everywhere = "*";

    /// <summary>What a dial meets of an address that nobody ever had. Default: it is refused.</summary>
    public SilentAddress UnknownAddresses { get; set; }

    /// <summary>The link that connections opened in one cluster to pods of another (or of the same) pass: forward is from the opener.</summary>
    public NetworkLink Link(string fromCluster, string toCluster) => _clusterLinks.GetOrAdd((fromCluster, toCluster), _ => new NetworkLink(timeProvider));

    /// <summary>The link that connections of one caller to the pods of one node pass: forward is from the caller.</summary>
    /// <param name="caller">The caller's name, as given to <see cref="DialAsync"/>.</param>
    /// <param name="node">The node.</param>
    public NetworkLink Link(string caller, NetworkPlace node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _callerLinks.GetOrAdd((caller, node.ToString()), _ => new NetworkLink(timeProvider));
    }

    /// <summary>The link that every connection to whoever has this address now passes; a later holder of the address has another.</summary>
    /// <exception cref="ArgumentException">Nobody has or had it.</exception>
    public NetworkLink Link(string network, IPAddress address) =>
        _hosts.TryGetValue((network, address), out var host)
            ? host.Link
            : throw new ArgumentException($"Nobody has the address {address} in network '{network}'.", nameof(address));

    /// <summary>Gives an address to a pod, whoever had it before.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="address">The address.</param>
    /// <param name="ports">The pod's ports and where each really listens.</param>
    public void Attach(NetworkPlace place, IPAddress address, IReadOnlyDictionary<int, IPEndPoint> ports)
    {
        ArgumentNullException.ThrowIfNull(place);
        _hosts[(place.Network, address)] = new NetworkHost(place, new NetworkLink(timeProvider), ports.ToImmutableDictionary(), SilentAddress.Refuses);
    }

    /// <summary>
    /// Takes an address away from its pod. With <see cref="SilentAddress.Hangs"/> open connections fall silent too, and nobody is told. Does nothing where nobody has it.
    /// </summary>
    public void Detach(string network, IPAddress address, SilentAddress then = SilentAddress.Refuses)
    {
        if (!_hosts.TryGetValue((network, address), out var host)) return;
        if (then == SilentAddress.Hangs) host.Link.BlackHole();
        _hosts[(network, address)] = host with { Ports = ImmutableDictionary<int, IPEndPoint>.Empty, WhenClosed = then };
    }

    /// <summary>How often an address has been dialled so far from within a network, successfully or not.</summary>
    public int Dials(string network, IPAddress address) => _dials.GetValueOrDefault((network, address));

    /// <summary>Opens a connection to an address and port of the network that the caller is in.</summary>
    /// <param name="from">Where the caller is.</param>
    /// <param name="caller">The caller's name.</param>
    /// <param name="address">The pod's address.</param>
    /// <param name="port">The pod's port.</param>
    /// <param name="cancellationToken">How long the caller waits: a black hole never answers.</param>
    /// <exception cref="SocketException">The connection was refused.</exception>
    public async ValueTask<Stream> DialAsync(NetworkPlace from, string caller, IPAddress address, int port, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        _dials.AddOrUpdate((from.Network, address), 1, static (_, count) => count + 1);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var network = _hosts.ContainsKey((Everywhere, address)) ? Everywhere : from.Network;
        if (!_hosts.TryGetValue((network, address), out var host)) throw await SilenceAsync(UnknownAddresses, over.Token).ConfigureAwait(false);
        NetworkLink[] way = [Link(from.Cluster, host.Place.Cluster), Link(caller, host.Place), host.Link];
        foreach (var link in way) await link.OpenAsync(over.Token).ConfigureAwait(false);
        // Asked again: while the opening was under way the address may have changed hands.
        host = _hosts[(network, address)];
        if (!host.Ports.TryGetValue(port, out var target)) throw await SilenceAsync(host.WhenClosed, over.Token).ConfigureAwait(false);
        way[^1] = host.Link;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, over.Token).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return Carry(way, new SocketLinkEnd(socket));
    }

    /// <summary>Ends every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        while (!_carrying.IsEmpty) await Task.WhenAll(_carrying.Keys).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private Stream Carry(NetworkLink[] way, LinkEnd target)
    {
        // From the far end: each link joins a wire inside the process to what lies behind it.
        for (var i = way.Length - 1; i >= 0; i--)
        {
            var wire = new MemoryWire();
            var carrying = LinkConnection.RunAsync(way[i], wire.Second, target, _stopping.Token);
            _carrying.TryAdd(carrying, 0);
            carrying.ContinueWith(
                ended => _carrying.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            target = wire.First;
        }

        return target.Stream;
    }

    private static async Task<SocketException> SilenceAsync(SilentAddress address, CancellationToken cancellationToken)
    {
        if (address == SilentAddress.Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return new SocketException((int)SocketError.ConnectionRefused);
    }
}
