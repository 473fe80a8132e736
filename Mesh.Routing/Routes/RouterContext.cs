using System.Collections.Concurrent;
using Mesh.Explaining;
using Mesh.Health;
using Mesh.Picks;
using Mesh.Policies;
using Mesh.Spill;
using Mesh.Probing;
using Mesh.Tables;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Routes;

/// <summary>What all routes of a router share.</summary>
internal sealed class RouterContext(
    IMeshCatalog catalog,
    MeshRouterOptions options,
    PolicyBook policies,
    RouterClock clock,
    PickRandom random,
    RoutingMeter meter,
    Faults faults,
    Heartbeat heartbeat,
    ILoggerFactory loggerFactory,
    CancellationToken ending)
{
    // A source that makes up new names every second must not fill the memory, nor the log.
    private const int MaxUnknownTargets = 1024;

    private readonly ConcurrentDictionary<ClusterId, bool> _outOfReach = new();
    private readonly ConcurrentDictionary<(ServiceName, ClusterId), bool> _unknownTargets = new();
    private volatile Topology? _topology;

    public IMeshCatalog Catalog => catalog;

    public MeshRouterOptions Options => options;

    public PolicyBook Policies => policies;

    public RouterClock Clock => clock;

    public PickRandom Random => random;

    public RoutingMeter Meter => meter;

    /// <summary>What becomes of what is thrown beside requests.</summary>
    public Faults Faults => faults;

    public Heartbeat Heartbeat => heartbeat;

    /// <summary>Guesses what was meant.</summary>
    public NearestService Nearest { get; } = new(catalog, clock);

    /// <summary>Fires when nobody is to wait for services any more.</summary>
    public CancellationToken Ending => ending;

    /// <summary>Makes rules in place of those of <see cref="SpillOver.Capacity"/>; <see langword="null"/> for none.</summary>
    public Func<ISpillRule>? NewSpillRule { get; set; }

    public ProbeSchedule Probes { get; } = new(clock, random, meter, faults, loggerFactory.CreateLogger("Mesh.Routing.Health"));

    public ILogger HealthLogger { get; } = loggerFactory.CreateLogger("Mesh.Routing.Health");

    public ILogger RouteLogger { get; } = loggerFactory.CreateLogger("Mesh.Routing.Routes");

    /// <summary>Whether it was not said before that endpoints of this cluster cannot be reached.</summary>
    public bool IsNewOutOfReach(ClusterId cluster) => _outOfReach.TryAdd(cluster, true);

    /// <summary>Whether it was not said before that a policy of this service names this cluster, which nobody describes.</summary>
    public bool IsNewUnknownTarget(ServiceName service, ClusterId cluster) =>
        _unknownTargets.Count < MaxUnknownTargets && _unknownTargets.TryAdd((service, cluster), true);

    /// <summary>The clusters as they are now; made once per topology revision.</summary>
    public Topology Topology
    {
        get
        {
            var known = _topology;
            return known is not null && known.Revision == catalog.TopologyRevision ? known : _topology = new Topology(catalog, options);
        }
    }
}
