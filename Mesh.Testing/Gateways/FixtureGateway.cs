using System.Net;
using Mesh.Backends;
using Mesh.Gateways;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh;

/// <summary>
/// A gateway of a cluster of a <see cref="MeshFixture"/>: one of the addresses that callers of other networks dial. It speaks the wire between clusters (docs/gateways.md), lets in whom the
/// fixture's authority vouches for, and sends each request to a pod of the service in its own cluster, each in turn; one that accepts no connection is passed over.
/// </summary>
public sealed class FixtureGateway : IAsyncDisposable
{
    private readonly VirtualNetwork _network;
    private readonly GatewayPeers _peers;
    private readonly GatewayForwarder _forwarder;
    private readonly GatewayApplication _application;
    private readonly NetworkPlace _place;
    private volatile TestCertificate _certificate;
    private KestrelServer? _server;
    private BackendConnections _connections = new();

    internal FixtureGateway(MeshFixture fixture, FixtureCluster cluster, IPAddress address, int number)
    {
        _network = fixture.Network;
        _peers = new GatewayPeers(fixture.Authority.Certificate, MeshFixture.TrustDomain);
        _certificate = fixture.Authority.IssueIdentity(MeshFixture.IdentityOf(cluster.Name, "ingress"));
        (Name, Address, _place) = ($"{cluster.Name}-gateway-{number}", address, new NetworkPlace(cluster.Name, null, VirtualNetwork.Everywhere));
        Faults = new BackendFaults(unchecked((fixture.Seed * 7907) + number));
        var inside = new NetworkPlace(cluster.Name, null, cluster.Network);
        _forwarder = new GatewayForwarder((pod, port, cancellationToken) => _network.DialAsync(inside, Name, pod, port, cancellationToken));
        _application = new GatewayApplication(cluster, _peers, _forwarder, Faults, fixture.TimeProvider);
    }

    /// <summary>The port of every gateway.</summary>
    public const int Port = 15443;

    /// <summary>Its name, such as <c>beta-gateway-1</c>.</summary>
    public string Name { get; }

    /// <summary>Its address, which is reached from every network.</summary>
    public IPAddress Address { get; }

    /// <summary>What goes wrong in it: an error is its own, and says so (<c>mesh-origin: gateway</c>).</summary>
    public BackendFaults Faults { get; }

    /// <summary>The last stretch of every connection to it, for faults such as a black hole; another one after a stop and a start.</summary>
    public NetworkLink Link => _network.Link(VirtualNetwork.Everywhere, Address);

    /// <summary>What it answers to who asks for its own health (<c>GET /ready</c>, docs/gateways.md): 200, else 503. Default: <see langword="true"/>. Its <see cref="Faults"/> do not touch it.</summary>
    public bool IsReady
    {
        get => _application.IsReady;
        set => _application.IsReady = value;
    }

    /// <summary>How often its own health was asked; not among <see cref="Arrived"/> and <see cref="Received"/>.</summary>
    public long Probed => _application.Probed;

    /// <summary>How many requests have arrived so far, answered or not.</summary>
    public long Arrived => _application.Arrived;

    /// <summary>The newest thousand requests that arrived.</summary>
    public IReadOnlyCollection<FixtureGatewayRequest> Received => _application.Received;

    /// <summary>How many connections are open to it now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _server is not null;

    /// <summary>What it shows callers, from their next connection on. Default: the identity of its cluster's ingress, by the fixture's authority.</summary>
    public TestCertificate Certificate
    {
        get => _certificate;
        set => _certificate = value;
    }

    /// <summary>Ends it at once with every connection.</summary>
    /// <param name="then">What who dials it meets from now on; with <see cref="SilentAddress.Hangs"/> open connections fall silent too.</param>
    public async Task StopAsync(SilentAddress then = SilentAddress.Refuses)
    {
        if (_server is not { } server) return;
        _server = null;
        _network.Detach(VirtualNetwork.Everywhere, Address, then);

        // A stop whose time is already over waits for nobody.
        var stopping = server.StopAsync(new CancellationToken(canceled: true));
        _connections.Reset();
        await stopping.ConfigureAwait(false);
        server.Dispose();
    }

    /// <summary>Starts it, again where it was stopped, at its address. Does nothing while it runs.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_server is not null) return;
        _connections = new BackendConnections();
        var server = GatewayServer.Create(() => _certificate.Certificate, _peers, _connections);
        try
        {
            await server.StartAsync(_application, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        _server = server;
        _network.Attach(_place, Address, new Dictionary<int, IPEndPoint> { [Port] = GatewayServer.EndPointOf(server) });
    }

    /// <summary><c>beta-gateway-1 203.0.113.1</c>.</summary>
    public override string ToString() => $"{Name} {Address}";

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _forwarder.Dispose();
    }
}
