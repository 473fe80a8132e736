using System.Globalization;
using System.Net;
using k8s;
using Mesh.Fixture;

namespace Mesh;

/// <summary>One cluster of a <see cref="MeshFixture"/>.</summary>
public sealed class FixtureCluster : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly MeshFixture _fixture;
    private readonly ClusterPlan _plan;
    private readonly PodAddresses _addresses;
    private readonly ClusterObjects _objects;
    private readonly SemaphoreSlim _change = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<FixturePod> _pods = [];
    private readonly List<Task> _retiring = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _podNumber;

    internal FixtureCluster(MeshFixture fixture, ClusterPlan plan, PodAddresses addresses, int firstGateway, IKubernetesServer server)
    {
        _fixture = fixture;
        _plan = plan;
        _addresses = addresses;
        ApiServer = new FixtureApiServer(server);
        _objects = new ClusterObjects(plan, server);

        // RFC 5737: addresses for documentation, which nobody has.
        Gateways = [.. Enumerable.Range(1, plan.Gateways).Select(n => new FixtureGateway(fixture, this, new IPAddress([203, 0, 113, (byte)(firstGateway + n)]), n))];
    }

    /// <summary>Its name.</summary>
    public string Name => _plan.Name;

    /// <summary>Its region, or <see langword="null"/>.</summary>
    public string? Region => _plan.Region;

    /// <summary>The zone of its nodes that name none, or <see langword="null"/>.</summary>
    public string? Zone => _plan.Zone;

    /// <summary>The network its pods are in.</summary>
    public string Network => _plan.Network;

    /// <summary>Its gateways; none where it was declared without.</summary>
    public IReadOnlyList<FixtureGateway> Gateways { get; }

    /// <summary>Its API server.</summary>
    public FixtureApiServer ApiServer { get; }

    /// <summary>A client that may do everything.</summary>
    public IKubernetes Client => _objects.Client;

    /// <summary>Some of its pods: those on a node, in a zone, of a service, or all.</summary>
    /// <exception cref="ArgumentException">It has no such node.</exception>
    public FixturePods Pods(string? service = null, string? node = null, string? zone = null)
    {
        if (node is not null) Node(node);
        ServiceName? name = service is null ? null : ServiceName.Parse(service);
        lock (_lock)
            return new FixturePods(this, _pods.FindAll(p => (name is null || p.Service == name) && (node is null || p.Node == node) && (zone is null || p.Zone == zone)));
    }

    /// <summary>Ends the API server, every pod and every gateway, and nobody is told: the slices stay as they were.</summary>
    /// <param name="then">What who dials a pod or a gateway meets from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StopAsync(SilentAddress then = SilentAddress.Refuses, CancellationToken cancellationToken = default)
    {
        await ApiServer.StopAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Gateways.Select(gateway => gateway.StopAsync(then))).ConfigureAwait(false);
        await Pods().StopAsync(then).ConfigureAwait(false);
    }

    /// <summary>Starts what was stopped: every pod and gateway at its old address, and the API server.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Pods().StartAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Gateways.Select(gateway => gateway.StartAsync(cancellationToken))).ConfigureAwait(false);
        await ApiServer.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings a service to this number of pods, spread over the nodes; what is too many is drained, the youngest first.</summary>
    public async Task ScaleAsync(string service, int replicas, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        var plan = _fixture.Plan(service);
        var pods = Pods(service);
        if (pods.Count >= replicas)
        {
            await RemoveAsync(pods.Skip(replicas).ToList(), cancellationToken).ConfigureAwait(false);
            return;
        }

        await AddAsync(plan, Spread(plan.Name, replicas - pods.Count), [], listen: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a new pod of a service the address that another pod has or had: addresses are reused. A pod that has it now is stopped first, its slice left as it is.</summary>
    /// <param name="service">The service of the new pod.</param>
    /// <param name="formerly">The pod whose address it gets.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<FixturePod> ReuseAddressAsync(string service, FixturePod formerly, CancellationToken cancellationToken = default) =>
        ReuseAddressAsync(service, formerly, static _ => Task.CompletedTask, cancellationToken);

    /// <summary>
    /// As <see cref="ReuseAddressAsync(string, FixturePod, CancellationToken)"/>, with the new pod shown before it listens, as pods are whose image takes its time: between the two its address is silent.
    /// </summary>
    /// <param name="service">The service of the new pod.</param>
    /// <param name="formerly">The pod whose address it gets.</param>
    /// <param name="beforeListening">Awaited once the slice shows the new pod, before it can be dialled: wait there for who is to know of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FixturePod> ReuseAddressAsync(string service, FixturePod formerly, Func<CancellationToken, Task> beforeListening, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(formerly);
        ArgumentNullException.ThrowIfNull(beforeListening);
        await formerly.StopAsync().ConfigureAwait(false);
        var added = await AddAsync(_fixture.Plan(service), [(Node(formerly.Node), formerly.Address)], [], listen: false, cancellationToken).ConfigureAwait(false);
        await beforeListening(cancellationToken).ConfigureAwait(false);
        added[0].Attach();
        return added[0];
    }

    /// <summary>The kubeconfig of one of its identities as a file, which goes with the fixture.</summary>
    /// <param name="identity">See <see cref="IKubernetesServer.GetKubeconfig"/>.</param>
    public string WriteKubeconfig(string identity = "admin") => _fixture.WriteFile($"{Name}-{identity}.kubeconfig", ApiServer.Server.GetKubeconfig(identity));

    /// <summary>Ends it for good; the fixture does so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var gateway in Gateways) await gateway.DisposeAsync().ConfigureAwait(false);
        await Pods().StopAsync().ConfigureAwait(false);
        Task[] retiring;
        lock (_lock) retiring = [.. _retiring];
        await Task.WhenAll(retiring).ConfigureAwait(false);
        _objects.Dispose();
        await ApiServer.Server.DisposeAsync().ConfigureAwait(false);
        _change.Dispose();
        _stopping.Dispose();
    }

    internal async Task PopulateAsync(IReadOnlyList<ServicePlan> services, CancellationToken cancellationToken)
    {
        await _objects.WriteFrameAsync(services, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Gateways.Select(gateway => gateway.StartAsync(cancellationToken))).ConfigureAwait(false);
        foreach (var service in services) await AddAsync(service, Spread(service.Name, service.Replicas), [], listen: true, cancellationToken).ConfigureAwait(false);
    }

    internal async Task RemoveAsync(IReadOnlyList<FixturePod> pods, CancellationToken cancellationToken)
    {
        foreach (var group in pods.GroupBy(pod => pod.Service))
            await AddAsync(_fixture.Plan(group.Key.ToString()), [], group.ToList(), listen: true, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<FixturePods> ReplaceAsync(IReadOnlyList<FixturePod> pods, CancellationToken cancellationToken)
    {
        var added = new List<FixturePod>();
        foreach (var group in pods.GroupBy(pod => pod.Service))
        {
            var places = group.Select(pod => (Node(pod.Node), _addresses.Next())).ToList();
            added.AddRange(await AddAsync(_fixture.Plan(group.Key.ToString()), places, group.ToList(), listen: true, cancellationToken).ConfigureAwait(false));
        }

        return new FixturePods(this, added);
    }

    /// <summary>One change of a service: pods come, the slices say so, pods go.</summary>
    private async Task<IReadOnlyList<FixturePod>> AddAsync(
        ServicePlan service, IReadOnlyList<(NodePlan Node, IPAddress Address)> places, IReadOnlyList<FixturePod> leaving, bool listen, CancellationToken cancellationToken)
    {
        await _change.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var coming = await Task.WhenAll(places.Select(place => StartPodAsync(service, place.Node, place.Address, cancellationToken))).ConfigureAwait(false);
            if (listen)
            {
                foreach (var pod in coming) pod.Attach();
            }

            lock (_lock)
            {
                _pods.AddRange(coming);
                _pods.RemoveAll(leaving.Contains);
            }

            await _objects.ChangePodsAsync(service, Pods(service.Name.ToString()), coming, leaving, cancellationToken).ConfigureAwait(false);
            lock (_lock) _retiring.AddRange(leaving.Select(RetireAsync));
            return coming;
        }
        finally
        {
            _change.Release();
        }
    }

    private Task<FixturePod> StartPodAsync(ServicePlan service, NodePlan node, IPAddress address, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _podNumber);
        var name = string.Create(CultureInfo.InvariantCulture, $"{service.Name.Name}-{number}");
        var options = new BackendOptions
        {
            Identity = new BackendIdentity(service.Name, Name, name, node.Name, node.Zone),
            Protocols = service.Options.Protocols,
            Certificate = service.Options.Certificate,
            Handler = service.Options.Handler,
            TimeProvider = _fixture.TimeProvider,
            Seed = unchecked((_fixture.Seed * 7919) + number),
        };
        return FixturePod.StartAsync(_fixture.Network, new NetworkPlace(Name, node.Name, Network), address, options, service.Options.TargetPort, cancellationToken);
    }

    private async Task RetireAsync(FixturePod pod)
    {
        using var patience = new CancellationTokenSource(DrainTime, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
        await pod.RetireAsync(over.Token).ConfigureAwait(false);
    }

    /// <summary>Places for new pods, each on the node that has the fewest of the service.</summary>
    private List<(NodePlan Node, IPAddress Address)> Spread(ServiceName service, int count)
    {
        var load = _plan.Nodes.ToDictionary(node => node.Name, node => Pods(service.ToString(), node.Name).Count);
        var places = new List<(NodePlan, IPAddress)>();
        for (var i = 0; i < count; i++)
        {
            var node = _plan.Nodes.MinBy(node => load[node.Name])!;
            load[node.Name]++;
            places.Add((node, _addresses.Next()));
        }

        return places;
    }

    private NodePlan Node(string name) =>
        _plan.Nodes.Find(node => node.Name == name)
        ?? throw new ArgumentException($"Cluster '{Name}' has no node '{name}': it has {string.Join(", ", _plan.Nodes.Select(n => n.Name))}.", nameof(name));

    internal NetworkPlace Place(string? node) => new(Name, node is null ? null : Node(node).Name, Network);

    internal string? ZoneOf(string? node) => node is null ? Zone : Node(node).Zone;
}
