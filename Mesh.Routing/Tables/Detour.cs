using Mesh.Health;

namespace Mesh.Tables;

/// <summary>A request that goes elsewhere than where it would, to find out: the probe of one endpoint, or the trial of a whole tier or cluster.</summary>
/// <param name="Tier">The place of the tier.</param>
/// <param name="Endpoint">The endpoint to probe, or <see langword="null"/>.</param>
/// <param name="Breaker">The breaker to try, or <see langword="null"/>.</param>
/// <param name="Members">Whom a trial may go to.</param>
internal sealed record Detour(int Tier, EndpointState? Endpoint, Breaker? Breaker, EndpointState[] Members)
{
    /// <summary>Takes the permit, where it is free.</summary>
    /// <param name="random">The calling thread's random state.</param>
    /// <param name="generation">The pick's generation; becomes its own where it is a probe, and the present one where it is a trial.</param>
    public EndpointState? TryTake(ref ulong random, ref long generation)
    {
        if (Endpoint is not null)
        {
            if (!Endpoint.Health.TryTakeProbe(out var probe))
            {
                return null;
            }

            generation = probe;
            return Endpoint;
        }

        if (!Breaker!.TryTakeTrial())
        {
            return null;
        }

        var chosen = Members[new PickContext([], default, ref random).NextIndex(Members.Length)];

        // Where it was ejected on the way, the trial is its probe as well.
        generation = chosen.Health.TryTakeProbe(out var own, early: true) ? own : chosen.Generation;
        return chosen;
    }
}
