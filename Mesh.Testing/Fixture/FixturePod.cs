using System.Net;
using Mesh.Fixture;

namespace Mesh;

/// <summary>A pod of a <see cref="MeshFixture"/>: a Kubernetes object, an address in the virtual network, and a real server behind it.</summary>
public sealed class FixturePod
{
    private readonly VirtualNetwork _network;
    private readonly BackendOptions _options;
    private readonly int _targetPort;
    private volatile Backend _backend;

    private FixturePod(VirtualNetwork network, NetworkPlace place, IPAddress address, BackendOptions options, int targetPort, Backend backend)
    {
        (_network, Place, Address, _options, _targetPort, _backend) = (network, place, address, options, targetPort, backend);
    }

    /// <summary>Its name, such as <c>orders-3</c>.</summary>
    public string Name => Identity.Pod;

    /// <summary>The service it belongs to.</summary>
    public ServiceName Service => Identity.Service;

    /// <summary>Its cluster's name.</summary>
    public string Cluster => Identity.Cluster;

    /// <summary>The node it runs on.</summary>
    public string Node => Identity.Node!;

    /// <summary>The zone of its node, or <see langword="null"/>.</summary>
    public string? Zone => Identity.Zone;

    /// <summary>Its address in the virtual network.</summary>
    public IPAddress Address { get; }

    /// <summary>Where it is in the virtual network.</summary>
    public NetworkPlace Place { get; }

    /// <summary>The port that it listens on.</summary>
    public int TargetPort => _targetPort;

    /// <summary>What it answers for itself.</summary>
    public BackendIdentity Identity => _options.Identity;

    /// <summary>The server behind it; another one after a stop and a start.</summary>
    public Backend Backend => _backend;

    /// <summary>What goes wrong in it, until it is stopped.</summary>
    public BackendFaults Faults => _backend.Faults;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => !_backend.IsEnded;

    /// <summary>The last stretch of every connection to it, for faults; another one after a stop and a start.</summary>
    public NetworkLink Link => _network.Link(Place.Network, Address);

    /// <summary>How often its address has been dialled, also when others had it.</summary>
    public int Dials => _network.Dials(Place.Network, Address);

    /// <summary>The object's uid.</summary>
    internal string? Uid { get; set; }

    internal static async Task<FixturePod> StartAsync(
        VirtualNetwork network, NetworkPlace place, IPAddress address, BackendOptions options, int targetPort, CancellationToken cancellationToken)
    {
        var backend = await Backend.StartAsync(options, cancellationToken).ConfigureAwait(false);
        return new FixturePod(network, place, address, options, targetPort, backend);
    }

    /// <summary>Lets it be dialled at its address.</summary>
    internal void Attach() => _network.Attach(Place, Address, new Dictionary<int, IPEndPoint> { [_targetPort] = _backend.EndPoint });

    /// <summary>Ends the process, and nobody is told: its Kubernetes object and its slice stay as they are.</summary>
    /// <param name="then">What who dials it meets from now on; with <see cref="SilentAddress.Hangs"/> open connections fall silent too.</param>
    public async Task StopAsync(SilentAddress then = SilentAddress.Refuses)
    {
        if (_backend.IsEnded) return;
        _network.Detach(Place.Network, Address, then);
        await _backend.KillAsync().ConfigureAwait(false);
    }

    /// <summary>Starts a stopped one again, at the same address. Does nothing while it runs.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!_backend.IsEnded) return;
        _backend = await Backend.StartAsync(_options, cancellationToken).ConfigureAwait(false);
        Attach();
    }

    /// <summary><c>orders-3 10.20.0.7 (alpha/n1)</c>.</summary>
    public override string ToString() => $"{Name} {Address} ({Place})";

    /// <summary>Ends it as a good pod does: no new connections, what is in it is answered.</summary>
    internal async Task RetireAsync(CancellationToken cancellationToken)
    {
        _network.Detach(Place.Network, Address);
        await _backend.StopAsync(cancellationToken).ConfigureAwait(false);
    }
}
