using Mesh.Picks;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Health;

/// <summary>What the health of one service's endpoints shares: clock, settings, and the epoch that tables are compared with.</summary>
internal sealed class HealthContext(ServiceName service, RouterClock clock, PickRandom random, ILogger logger, RoutingMeter meter)
{
    private long _epoch;
    private long _generation;
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

    /// <summary>
    /// How far the health of the service's endpoints has come. A pick carries it along, so that its outcome, which may come much later, can be told from those that speak of now. Even, so
    /// that <see cref="NextOwnGeneration"/> is nobody else's.
    /// </summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Begins a generation: outcomes of picks made before are older than what is returned, those of later ones are not.</summary>
    public long NextGeneration() => Interlocked.Add(ref _generation, 2);

    /// <summary>Begins a generation and returns the one that belongs to a single pick between those before and those after: an odd one.</summary>
    public long NextOwnGeneration() => Interlocked.Add(ref _generation, 2) - 1;

    /// <summary>Whether a generation is a single pick's own.</summary>
    public static bool IsOwn(long generation) => (generation & 1) != 0;

    /// <summary>A time up to a fifth shorter, so that callers that failed together do not come back together.</summary>
    public TimeSpan Jitter(TimeSpan time) => time * (1 - 0.2 * random.NextDouble());
}
