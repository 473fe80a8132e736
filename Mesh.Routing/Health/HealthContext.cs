using Mesh.Picks;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>What the health of one service's endpoints shares: clock, settings, and the epoch that tables are compared with.</summary>
internal sealed class HealthContext(ServiceName service, RouterClock clock, PickRandom random, ILogger logger, RoutingMeter meter)
{
    private long _epoch;
    private volatile HealthSettings _settings = new(5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    public ServiceName Service => service;

    public RouterClock Clock => clock;

    public ILogger Logger => logger;

    public RoutingMeter Meter => meter;

    public HealthSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Larger after each change of what may be picked.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>What may be picked has changed: tables are built again on their next use.</summary>
    public void Changed() => Interlocked.Increment(ref _epoch);

    /// <summary>A time up to a fifth shorter, so that callers that failed together do not come back together.</summary>
    public TimeSpan Jitter(TimeSpan time) => time * (1 - 0.2 * random.NextDouble());
}
