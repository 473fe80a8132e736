using System.Collections.Immutable;
using System.Globalization;
using Mesh.Endpoints;
using Mesh.Hashing;
using Mesh.Health;
using Mesh.Load;
using Mesh.Picks;
using Mesh.Probing;
using Mesh.Retries;
using Mesh.Spill;

namespace Mesh;

/// <summary>
/// One endpoint of one service's port for as long as it is the same (service, port, cluster, address, target uid): its requests in flight, cost, health and
/// transport. Survives changes of the service around it. Where a cluster is reached through its gateway, each address of the gateway is one.
/// </summary>
public sealed partial class EndpointState
{
    private readonly EndpointKey _key;
    private readonly HealthContext _context;
    private readonly TransportSet _transports = new();

    private HotState _hot;
    private volatile EndpointDetails _details;
    private double _penalisedAt = double.NaN;
    private volatile ProbeHealth? _probes;
    private ReportedLoad _load = new();
    private ulong _id;
    private double _startedAt;
    private long _round = -1;
    private FirstAnswer _first;

    internal EndpointState(EndpointKey key, EndpointDetails details, HealthContext context, RequestLoad serviceLoad)
    {
        _key = key;
        _context = context;
        _details = details;
        _hot = new HotState(serviceLoad, details.Weight);
        _startedAt = context.Clock.Now;
        Health = new EndpointHealth(context, this);
    }

    /// <summary>The service.</summary>
    public ServiceName Service => _context.Service;

    /// <summary>The cluster it runs in.</summary>
    public ClusterId Cluster => _key.Cluster;

    /// <summary>Where it listens.</summary>
    public EndpointAddress Address => _key.Address;

    /// <summary>The port to dial, 1 to 65535.</summary>
    public int Port => _key.Port;

    /// <summary>Where it runs.</summary>
    public Locality Locality => _details.Locality;

    /// <summary>The port's application protocol, or <see langword="null"/>.</summary>
    public string? AppProtocol => _details.AppProtocol;

    /// <summary>Its share of load beside others, 1 to 1,000,000.</summary>
    public int Weight => _hot.Weight;

    /// <summary>How it is reached.</summary>
    public Reach Reach => _details.Reach;

    /// <summary>Of a gateway the number of the service's port that is meant, 1 to 65535; <see langword="null"/> where the endpoint itself is dialled.</summary>
    public int? ServicePort => _key.ServicePort == 0 ? null : _key.ServicePort;

    /// <summary>The uid of what is behind the address, or <see langword="null"/>.</summary>
    public Guid? TargetUid => _key.TargetUid == Guid.Empty ? null : _key.TargetUid;

    /// <summary>Whether it is gone: no newer snapshot has it.</summary>
    public bool IsRetired => _hot.IsRetired;

    /// <summary>How many requests picked it and have not been released.</summary>
    public int InFlight => _hot.InFlight;

    /// <summary>Whether it is ejected, for requests or probes that failed: not picked but to find out.</summary>
    public bool IsEjected => Health.Phase != HealthPhase.Healthy || IsProbeDown;

    /// <summary>
    /// A number that stands for it: a hash of service, cluster, address, port and target uid, the same in every process; what an affinity cookie holds. Never 0.
    /// </summary>
    public ulong Id
    {
        get
        {
            var id = Volatile.Read(ref _id);
            if (id == 0)
            {
                id = Math.Max(1, KeyHash.Of(string.Create(CultureInfo.InvariantCulture, $"{Service}|{Cluster}|{Address}|{Port}|{_key.TargetUid:N}|{_key.ServicePort}")));
                Volatile.Write(ref _id, id);
            }

            return id;
        }
    }

    internal EndpointKey Key => _key;

    internal RouterClock Clock => _context.Clock;

    /// <summary>Since when it is in use, or in use again after an ejection; seconds on the router's clock.</summary>
    internal double StartedAt => Volatile.Read(ref _startedAt);

    /// <summary>How many requests of the service are under way in this process.</summary>
    internal int ServiceInFlight => _hot.ServiceInFlight;

    /// <summary>The part of its cluster's share that goes elsewhere, in percent.</summary>
    internal int Drain => _details.Drain;

    /// <summary>See <see cref="EndpointDetails.Ready"/>.</summary>
    internal double Ready => _details.Ready;

    /// <summary>See <see cref="EndpointDetails.Existing"/>.</summary>
    internal double Existing => _details.Existing;

    /// <summary>The source that brings it.</summary>
    internal string Source => _details.Source;

    internal EndpointHealth Health { get; }

    /// <summary>What probes say of it; <see langword="null"/> where none are made.</summary>
    internal ProbeHealth? Probes => _probes;

    /// <summary>Whether its probes fail.</summary>
    internal bool IsProbeDown => _probes is { IsDown: true };

    /// <summary>When it may be picked again, or is asked next, on the router's clock.</summary>
    internal double BackAt => _probes is { IsDown: true } probes ? Math.Max(Health.EjectedUntil, probes.NextAt) : Health.EjectedUntil;

    /// <summary>Why it is ejected; <see langword="null"/> where it is not.</summary>
    internal string? EjectionReason =>
        _probes is not { IsDown: true } probes ? Health.Reason : Health.Reason is { } reason ? $"{reason}; probe failed: {probes.Reason}" : $"probe failed: {probes.Reason}";

    /// <summary>Whether it is ejected for answers that it gave, and for nothing else: it lives, and may be one that is full.</summary>
    internal bool IsEjectedForAnswers => Health.IsEjectedForAnswers && !IsProbeDown;

    internal double Score => _hot.Cost.Score;

    /// <summary>What it last said of its own load.</summary>
    internal ref readonly ReportedLoad Load => ref _load;

    /// <summary>How it answers.</summary>
    internal EndpointAnswers Answers { get; } = new();

    /// <summary>How often it was picked; wraps after 2³².</summary>
    internal uint Picks => _hot.Picks;

    /// <summary>How many of <see cref="Picks"/> the metrics have seen.</summary>
    internal uint PicksCounted { get; set; }

    /// <summary>Its tier in the table that was built last: <c>same zone</c>, <c>cluster beta</c>; empty before it stood in one. As in <see cref="TierMembers.Name"/> and metrics.</summary>
    public string TierName { get; internal set; } = "";

    /// <summary>The breakers of the tiers and the cluster it is in. Swapped whole, under the service's lock.</summary>
    internal ImmutableArray<ConnectBreaker> Breakers { get; private set; } = [];

    /// <summary>Of a gateway the breaker of what is behind it; else <see langword="null"/>. Set under the service's lock, once.</summary>
    internal UpstreamBreaker? Upstream { get; set; }

    /// <summary>Says in which cluster and tier a table has it; what earlier rounds said is forgotten, for it may have left those tiers. Under the service's lock.</summary>
    /// <param name="round">The round of tables (<see cref="Tables.EndpointStore.Round"/>).</param>
    /// <param name="cluster">The breaker of its cluster.</param>
    /// <param name="tier">The breaker of its tier, or <see langword="null"/>.</param>
    internal void Attach(long round, ConnectBreaker cluster, ConnectBreaker? tier)
    {
        ImmutableArray<ConnectBreaker> said = tier is null ? [cluster] : [cluster, tier];
        var known = round == _round ? Breakers : [];
        Breakers = known.Length == 0 ? said : known.AddRange(said.Where(b => !known.Contains(b)));
        _round = round;
    }

    /// <summary>
    /// Begins a connection whose failure is to be told by whoever makes it. However many requests wait for it, it is one failure; each of them then reports
    /// <see cref="AttemptResult.Cancelled"/>.
    /// </summary>
    public ConnectAttempt BeginConnect() => new(this, _context.Generation);

    /// <summary>
    /// The transport kept with the endpoint under <paramref name="key"/>, made on first use. Where the endpoint has retired meanwhile, it is disposed when the
    /// last request is released.
    /// </summary>
    /// <param name="key">What distinguishes transports to the same endpoint (a client's settings); compared with <see cref="object.Equals(object?)"/>.</param>
    /// <param name="factory">Makes it; called at most once per key.</param>
    public IEndpointTransport GetOrAddTransport(object key, Func<EndpointState, object, IEndpointTransport> factory)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(factory);
        return _transports.GetOrAdd(this, key, factory);
    }

    /// <summary><c>alpha 10.0.0.1:8080</c>.</summary>
    public override string ToString() => Address.Kind == EndpointAddressKind.IPv6 ? $"{Cluster} [{Address}]:{Port}" : $"{Cluster} {Address}:{Port}";

    /// <summary>The generation of what begins now.</summary>
    internal long Generation => _context.Generation;

    /// <summary>See <see cref="EndpointLease.Release"/>.</summary>
    internal void Release(long generation)
    {
        var inFlight = _hot.Exit();
        if (HealthContext.IsOwn(generation))
        {
            // Released without a report, nobody is probing any more; after one, this says nothing new.
            Health.OnNothingLearnt(generation);
        }

        if (inFlight <= 0 && _hot.IsRetired && _transports.HasLeftovers)
        {
            _transports.DisposeAll();
        }
    }

    /// <summary>Counts a pick.</summary>
    internal void Enter(bool isRequest) => _hot.Enter(isRequest);

    internal void Update(EndpointDetails details)
    {
        if (_details != details)
        {
            _details = details;
            _hot.Weight = details.Weight;
        }
    }

    /// <summary>It is probed from now on; with <see langword="null"/> no more, and counts as well.</summary>
    internal void Probe(ProbeHealth? probes)
    {
        var wasDown = IsProbeDown;
        _probes = probes;
        if (IsProbeDown != wasDown)
        {
            _context.Changed();
        }
    }

    /// <summary>Its probes fail from now on, or succeed again.</summary>
    internal void OnProbeTurned()
    {
        _context.Changed();
        if (IsProbeDown)
        {
            NotifyEjected();
        }
    }

    internal void NotifyEjected() => _transports.NotifyEjected();

    /// <summary>It is gone: transports are disposed, timers end.</summary>
    internal void Retire()
    {
        if (!_hot.IsRetired)
        {
            _hot.IsRetired = true;
            Health.Dispose();
            _transports.DisposeAll();
        }
    }
}
