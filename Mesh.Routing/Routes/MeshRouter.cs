using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Mesh.Explaining;
using Mesh.Hashing;
using Mesh.Health;
using Mesh.Hosts;
using Mesh.Picks;
using Mesh.Policies;
using Mesh.Routes;
using Mesh.Subsets;
using Mesh.Tables;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh;

/// <summary>
/// The routing engine of one process: which host is a service, and which of its endpoints a request goes to. Safe for any thread; a pick neither locks
/// nor allocates.
/// </summary>
public sealed class MeshRouter : IDisposable
{
    // Services that nobody has ever brought: names made up by a caller must not fill the memory.
    private const int SweepAt = 4096;

    private const int MaxRoutesOfMatch = 16;

    private readonly RouterContext _context;
    private readonly HostMatcher _hosts;
    private readonly ConcurrentDictionary<ServiceName, ServiceState> _services = new();
    private readonly IDisposable _subscription;
    private readonly CancellationTokenSource _ending = new();
    private long _topology;
    private int _sweepAt = SweepAt;
    private int _disposed;

    /// <summary>Makes a router over <paramref name="catalog"/>.</summary>
    /// <param name="catalog">Where services come from. Not disposed with the router.</param>
    /// <param name="options">What it is told.</param>
    /// <param name="pickers">Algorithms by name, beside those of <see cref="ServicePolicy.LoadBalancing"/>; one of their names replaces it.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">For state changes; never one line per request.</param>
    /// <param name="meterFactory">Where its meter <c>Mesh.Routing</c> is made; <see langword="null"/> for a meter of its own.</param>
    /// <exception cref="ArgumentException">A policy cannot be followed: something in it is out of range, or an algorithm unknown. The message names each, and what to use.</exception>
    public MeshRouter(
        IMeshCatalog catalog,
        MeshRouterOptions options,
        IReadOnlyDictionary<string, EndpointPicker> pickers,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pickers);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        var seed = options.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        var policies = new PolicyBook(new ConfiguredPolicies(options.DefaultPolicy, options.ServicePolicies), new PickerCatalog(pickers, new SubsetChoice(options.Instance is { } instance ? KeyHash.Of(instance) : KeyHash.Mix((uint)seed))));
        var meter = new RoutingMeter(
            () => Endpoints,
            () => _services.Values.SelectMany(static s => s.OpenBreakers.Select(b => (s.Name, b))),
            () => _services.Values.SelectMany(static s => s.Spills.Select(r => (s.Name, r))),
            () => Drains,
            () => Conditions,
            meterFactory);
        var faults = new Faults(meter, loggerFactory.CreateLogger("Mesh.Routing.Routes"));
        _context = new RouterContext(
            catalog,
            options,
            policies,
            new RouterClock(timeProvider),
            new PickRandom(seed),
            meter,
            faults,
            new Heartbeat(timeProvider, faults),
            loggerFactory,
            _ending.Token);
        _hosts = new HostMatcher(_context);
        _topology = catalog.TopologyRevision;
        _subscription = catalog.Subscribe(OnChange);
    }

    /// <summary>The endpoints of services in use, for gauges.</summary>
    public IReadOnlyCollection<EndpointState> Endpoints => [.. _services.Values.SelectMany(static s => s.Endpoints)];

    /// <summary>Where the process runs, as far as is known now: what was said, completed by its own cluster and Node.</summary>
    public Locality Caller => _context.Topology.Caller.Locality;

    internal RouterContext Context => _context;

    internal HostCache HostCache => _hosts.Cache;

    internal int ServiceCount => _services.Count;

    /// <summary>What <paramref name="uri"/>'s scheme, host and port mean. Cached; a hit allocates nothing.</summary>
    public HostMatch Match(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return _hosts.Match(uri);
    }

    /// <summary>The route of a matched service. Cached; a hit allocates nothing.</summary>
    /// <param name="match">A match of kind <see cref="HostKind.Service"/>, of this router.</param>
    /// <param name="clientPolicy">The client's own policy, or <see langword="null"/>. Pass the same object each time.</param>
    /// <exception cref="ArgumentException">The match is no service, or the policy cannot be followed (see <see cref="Check"/>).</exception>
    /// <exception cref="ObjectDisposedException">The router is disposed.</exception>
    public ServiceRoute GetRoute(HostMatch match, ServicePolicy? clientPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(match);
        foreach (var known in match.Routes)
        {
            if (ReferenceEquals(known.ClientPolicy, clientPolicy) && !known.Route.State.IsDropped)
            {
                return known.Route;
            }
        }

        return AddRoute(match, clientPolicy);
    }

    /// <summary>What of a policy cannot be followed, a sentence each; empty where all can. For validation at start.</summary>
    public IReadOnlyList<string> Check(ServicePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return _context.Policies.Check(policy);
    }

    /// <summary>
    /// Configures these policies from the next pick on, in place of <see cref="MeshRouterOptions.DefaultPolicy"/> and <see cref="MeshRouterOptions.ServicePolicies"/>, or those that were given here
    /// last. Requests under way end by the policy they began with. Which hosts are services stays as it was.
    /// </summary>
    /// <param name="defaultPolicy">The policy of services that have none of their own.</param>
    /// <param name="servicePolicies">Policies by service.</param>
    /// <exception cref="ArgumentException">A policy cannot be followed; then nothing has changed. The message names each fault, and what to use.</exception>
    public void Configure(ServicePolicy defaultPolicy, ImmutableDictionary<ServiceName, ServicePolicy> servicePolicies)
    {
        ArgumentNullException.ThrowIfNull(defaultPolicy);
        ArgumentNullException.ThrowIfNull(servicePolicies);

        // First what tables are made of, then that they are outdated: one that is made in between is either of these policies or known to be old.
        _context.Policies.Configure(new ConfiguredPolicies(defaultPolicy, servicePolicies));
        foreach (var service in _services.Values)
        {
            service.Reconfigure();
        }
    }

    /// <summary>What a pick would do now and why. Picks nothing; like a request, it counts as interest in the service.</summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <param name="clientPolicy">The policy of the client in whose place it is asked, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The policy cannot be followed (see <see cref="Check"/>).</exception>
    public RouteExplanation Explain(string authorityOrUrl, ServicePolicy? clientPolicy = null)
    {
        ArgumentNullException.ThrowIfNull(authorityOrUrl);
        return new Explainer(_context, this).Explain(authorityOrUrl, clientPolicy);
    }

    /// <summary>
    /// What <paramref name="policy"/> would change if it were the configured policy of the service (<c>Mesh:Services</c>), in place of the one that is: fields, shares of tiers, endpoints that come in or
    /// leave, problems; or what is wrong with it. Over the state as it is, and without changing it: nothing is picked, probed, counted or kept, and it is no interest in the service. Policies of clients are
    /// not asked.
    /// </summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <param name="policy">The policy.</param>
    public PolicyDryRun DryRun(string authorityOrUrl, ServicePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(authorityOrUrl);
        ArgumentNullException.ThrowIfNull(policy);
        var match = Uri.TryCreate(authorityOrUrl.Contains("://", StringComparison.Ordinal) ? authorityOrUrl : "http://" + authorityOrUrl, UriKind.Absolute, out var uri)
            ? Match(uri)
            : new HostMatch(HostKind.Foreign, "it is neither a host nor a URL");

        // A service that nobody has asked for yet is looked at and forgotten.
        var state = match.Kind != HostKind.Service ? null : _services.TryGetValue(match.Service, out var known) ? known : new ServiceState(_context, match.Service);
        return new DryRunner(_context, this).Run(authorityOrUrl, policy, state, match);
    }

    /// <summary>
    /// From now on asks by <paramref name="prober"/> whether gateways, and the endpoints of services whose policy has a <see cref="EffectivePolicy.ProbePath"/>, are well: every
    /// <see cref="EffectivePolicy.ProbeInterval"/>, up to a fifth sooner, as long as the service is in use and a minute longer, at most 64 at once. Three failures in a row take one out of the picks as an
    /// ejection does, one success brings it back.
    /// </summary>
    public void UseProber(IEndpointProber prober)
    {
        ArgumentNullException.ThrowIfNull(prober);
        _context.Probes.Prober = prober;
    }

    /// <summary>
    /// Ends every wait for a service that is not known yet, and lets nobody wait any more: the process is stopping, and its sources will bring nothing. Services that are known are
    /// routed as before.
    /// </summary>
    public void EndWaits() => _ending.Cancel();

    /// <summary>Retires every endpoint: transports are disposed, timers end, and whoever waits for a service is told.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _subscription.Dispose();
        _context.Heartbeat.Dispose();
        _context.Probes.Dispose();
        EndWaits();
        foreach (var service in _services.Values)
        {
            service.Drop(retire: true);
        }

        _context.Meter.Dispose();
    }

    private IEnumerable<(ClusterId Cluster, int Percent)> Drains
    {
        get
        {
            var topology = _context.Topology;
            return _context.Catalog.Clusters.Select(static c => c.Cluster).Distinct().Select(c => (c, topology.DrainOf(c)));
        }
    }

    private IEnumerable<RoutingCondition> Conditions
    {
        get
        {
            var outOfReach = new HashSet<ClusterId>();
            foreach (var service in _services.Values)
            {
                var layouts = service.Layouts;

                // Names that nobody has ever brought are no series.
                if (service.Cell.Current is null && layouts.Count == 0)
                {
                    continue;
                }

                yield return new RoutingCondition("policy_not_followed", layouts.Any(static l => l.PolicyProblems.Count > 0)) { Service = service.Name };
                yield return new RoutingCondition("unknown_target", service.IsSettled && layouts.Any(static l => l.UnknownTargets.Count > 0)) { Service = service.Name };
                if (service.IsSettled)
                {
                    outOfReach.UnionWith(layouts.SelectMany(static l => l.OutOfReach).Select(static c => c.Cluster));
                }
            }

            foreach (var cluster in _context.Catalog.Clusters.Select(static c => c.Cluster).Union(outOfReach))
            {
                yield return new RoutingCondition("out_of_reach", outOfReach.Contains(cluster)) { Cluster = cluster };
            }
        }
    }

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    private ServiceRoute AddRoute(HostMatch match, ServicePolicy? clientPolicy)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (match.Kind != HostKind.Service)
        {
            throw new ArgumentException($"The host is no service: {match.Reason}.", nameof(match));
        }

        if (clientPolicy is not null && _context.Policies.Check(clientPolicy) is { Count: > 0 } problems)
        {
            throw new ArgumentException($"The client's policy for {match.Service} cannot be followed: {string.Join(' ', problems)}", nameof(clientPolicy));
        }

        var route = ServiceOf(match.Service).GetRoute(new RouteKey(match.Port, match.View, clientPolicy));

        // Lost updates only cost another look-up.
        var kept = match.Routes.Where(static r => !r.Route.State.IsDropped).ToArray();
        match.Routes = [.. kept.Length < MaxRoutesOfMatch ? kept : [], new CachedRoute(clientPolicy, route)];
        return route;
    }

    private ServiceState ServiceOf(ServiceName name)
    {
        if (_services.TryGetValue(name, out var service))
        {
            return service;
        }

        if (_services.Count >= _sweepAt)
        {
            Sweep();
        }

        service = _services.GetOrAdd(name, static (n, context) => new ServiceState(context, n), _context);
        if (IsDisposed)
        {
            // Disposed meanwhile: it may have come too late to be dropped with the others.
            _services.TryRemove(name, out _);
            service.Drop(retire: true);
            throw new ObjectDisposedException(nameof(MeshRouter));
        }

        return service;
    }

    private void Sweep()
    {
        foreach (var (name, service) in _services)
        {
            if (service.IsEmpty && _services.TryRemove(name, out _))
            {
                service.Drop(retire: false);
            }
        }

        _sweepAt = Math.Max(SweepAt, 2 * _services.Count);
    }

    private void OnChange(IReadOnlyCollection<ServiceCell> cells)
    {
        var topology = _context.Catalog.TopologyRevision;
        if (topology != _topology)
        {
            _topology = topology;
            foreach (var service in _services.Values)
            {
                service.Refresh();
            }

            return;
        }

        foreach (var cell in cells)
        {
            if (_services.TryGetValue(cell.Name, out var service))
            {
                service.Refresh();
            }
        }
    }
}
