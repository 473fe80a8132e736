using System.Collections.Concurrent;
using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>
/// What of routing a Service says itself. That there is no affinity is said too: where clusters disagree the oldest export decides, also when it wants none (KEP-1645).
/// </summary>
internal static class ServicePolicies
{
    // Thousands of services say the same; who invents time-outs without end only loses the sharing.
    private const int Kept = 256;

    private static readonly ConcurrentDictionary<(TimeSpan?, TrafficDistribution?), ServicePolicy> Shared = new();

    public static ServicePolicy Of(ServiceObject service)
    {
        var key = (service.ClientIpAffinity, service.TrafficDistribution);
        return Shared.TryGetValue(key, out var known) ? known : Shared.Count < Kept ? Shared.GetOrAdd(key, Make(key)) : Make(key);
    }

    private static ServicePolicy Make((TimeSpan? Affinity, TrafficDistribution? Distribution) key) => new()
    {
        SessionAffinity = key.Affinity is null ? SessionAffinity.None : SessionAffinity.ClientIP,
        SessionAffinityTimeout = key.Affinity,
        TrafficDistribution = key.Distribution,
    };
}
